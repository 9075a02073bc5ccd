// What services say: until it is enough, half of it where that is all, and nothing of who was not declared.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { openLook } from "./look.ts";

/** Address of a service that does this with each connection. */
async function service(t: Test, serve: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const dialogue = { say: "hello\n", enough: () => false, milliseconds: 5_000, maxBytes: 10_000 };

async function heard(
  address: string,
  changes: Partial<typeof dialogue> | { enough(text: string): boolean } = {},
) {
  const look = openLook({ root: null, reads: [], connects: [address] });
  return { text: await look.hear(address, { ...dialogue, ...changes }), notes: look.notes };
}

t.test("says its line, and hears until it is enough or the other ends", async (t) => {
  const echo = await service(t, (socket) => socket.on("data", (line) => socket.write(`you said ${line}`)));
  const enough = (text: string) => text.endsWith("\n");
  t.same(await heard(echo, { enough }), { text: "you said hello\n", notes: [] });
  const parting = await service(t, (socket) => socket.end("grüß Gott"));
  t.same(await heard(parting), { text: "grüß Gott", notes: [] });
});

t.test("gives half a line of one that says no more in time, and notes it", async (t) => {
  const slow = await service(t, (socket) => socket.write('{"class":"TPV","la'));
  const found = await heard(slow, { milliseconds: 200 });
  t.same(found, { text: '{"class":"TPV","la', notes: [`${slow}: took over 200 ms`] });
  const silent = await service(t, () => undefined);
  t.same(await heard(silent, { milliseconds: 200 }), { text: "", notes: [`${silent}: took over 200 ms`] });
});

t.test("hears no more than it may of one that never stops", async (t) => {
  const endless = await service(t, (socket) => socket.pipe(socket).write("x".repeat(100_000)));
  t.match((await heard(endless)).notes, [/said more than 10000 bytes$/]);
});

t.test("finds nobody where nobody listens", async (t) => {
  const gone = await service(t, () => undefined);
  const look = openLook({ root: null, reads: [], connects: ["127.0.0.1:1", gone] });
  t.equal(await look.hear("127.0.0.1:1", dialogue), undefined);
  t.same(look.notes, []);
});

t.test("asks only what was declared, and nothing for another machine's tree", async (t) => {
  const echo = await service(t, (socket) => socket.end("never"));
  await t.rejects(openLook({ root: null, reads: [] }).hear(echo, dialogue), /not among the services/);
  t.equal(await openLook({ root: t.testdir(), reads: [], connects: [echo] }).hear(echo, dialogue), undefined);
});
