// One datagram to whoever is declared, and what comes back in time, from there alone.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import t, { type Test } from "tap";
import { openLook } from "./look.ts";

/** Somebody who answers each datagram so many times; its port. */
async function responder(t: Test, answers: readonly string[], silentAbout = "nothing") {
  const socket = createSocket("udp4");
  const stranger = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.on("message", (bytes, { port, address }) => {
    if (bytes.toString() === silentAbout) return;
    stranger.send("from another port", port, address);
    for (const answer of answers) socket.send(answer, port, address);
  });
  t.teardown(() => {
    socket.close();
    stranger.close();
  });
  return `udp:127.0.0.1:${socket.address().port}`;
}

t.test("takes what comes back from where it asked", async (t) => {
  const address = await responder(t, ["one", "two"]);
  const look = openLook({ root: null, reads: [], connects: [address] });
  const answers = await look.ask(address, Buffer.from("who?"), 300);
  t.same(
    answers?.map(({ from, bytes }) => [from, Buffer.from(bytes).toString()]),
    [
      ["127.0.0.1", "one"],
      ["127.0.0.1", "two"],
    ],
  );
  t.same(look.notes, []);
});

t.test("stops when it has been told enough, or when nobody answers in time", async (t) => {
  const many = await responder(t, Array(400).fill("x"), "silence");
  const look = openLook({ root: null, reads: [], connects: [many] });
  t.equal((await look.ask(many, Buffer.from("who?"), 60_000))?.length, 256);
  t.same(await look.ask(many, Buffer.from("silence"), 50), []);
});

t.test("asks nobody who was not declared, and nobody for another machine's tree", async (t) => {
  const address = await responder(t, ["one"]);
  const look = openLook({ root: null, reads: [], connects: [] });
  await t.rejects(look.ask(address, Buffer.from("who?"), 50), /not among the services/);
  const other = openLook({ root: t.testdir(), reads: [], connects: [address] });
  t.equal(await other.ask(address, Buffer.from("who?"), 50), undefined);
});

t.test("says why it could not ask", async (t) => {
  // Nobody may ask everybody without saying so.
  const everybody = "udp:255.255.255.255:9";
  const look = openLook({ root: null, reads: [], connects: [everybody] });
  t.equal(await look.ask(everybody, Buffer.from("who?"), 5_000), undefined);
  t.match(look.notes, [/^udp:255\.255\.255\.255:9: /]);
});
