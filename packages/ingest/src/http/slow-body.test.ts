/** Bodies that trickle in, connections that say nothing: nobody holds the server up by being slow. */
import { setTimeout as wait } from "node:timers/promises";
import t from "tap";
import { outcomeOf } from "../testing/outcome.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start(t.testdir({}), { timeouts: { patience: 100 } });
t.teardown(() => server.stop());

const head = (session: string, length: number, path = "/v1/sections") =>
  `${path === "/v1/sections" ? "PUT" : "POST"} ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${session}\r\ncontent-length: ${length}\r\n\r\n`;

/** Writes a byte every so often until the answer comes, and reads that. */
async function trickle(text: string) {
  const connection = await RawConnection.open(server.url);
  connection.write(text);
  const drip = setInterval(() => connection.write("x"), 20);
  const reply = await connection.reply();
  clearInterval(drip);
  await connection.closed();
  return reply;
}

t.test("cuts off a body that trickles in, and closes", async (t) => {
  const device = await server.device();
  const reply = await trickle(head(device.session, 100_000));
  t.equal(outcomeOf(reply), "408 request-timeout");
  t.match(reply.body, { detail: "The body came at less than 1024 bytes a second." });
  t.equal(server.memory.inUse, 0);
  t.equal(outcomeOf(await device.checkIn()), "200", "its turn is over");
});

t.test("does not keep a byte of a body whose sender it does not know, nor wait for it", async (t) => {
  const before = server.memory.peak;
  const reply = await trickle(head(`rcs_1.${"A".repeat(43)}`, 8_000_000));
  t.equal(outcomeOf(reply), "401 session-invalid");
  t.equal(server.memory.peak, before);
});

t.test("takes a body that comes in parts, as long as they come", async (t) => {
  const device = await server.device();
  const body = JSON.stringify(device.checkInBody());
  const padded = body + " ".repeat(30_000);
  const connection = await RawConnection.open(server.url);
  connection.write(head(device.session, padded.length, "/v1/check-ins"));
  for (let at = 0; at < padded.length; at += 2_000) {
    connection.write(padded.slice(at, at + 2_000));
    await wait(20);
  }
  t.equal(outcomeOf(await connection.reply()), "200");
  connection.end();
});

t.test("tells how long a quiet connection stays open", async (t) => {
  const connection = await RawConnection.open(server.url);
  connection.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  t.match((await connection.reply()).headers, { "keep-alive": "timeout=65" });
  connection.end();
});

t.test("takes as many connections as it is set to, and one more when one has gone", async (t) => {
  const config = JSON.stringify({ "server.sockets": 16 });
  const small = await TestServer.start(t.testdir({ "config.json": config }));
  t.teardown(() => small.stop());
  const ask = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
  const connections = await Promise.all(Array.from({ length: 16 }, () => RawConnection.open(small.url)));
  for (const connection of connections) {
    connection.write(ask);
    t.equal((await connection.reply()).status, 200);
  }
  const oneMore = await RawConnection.open(small.url);
  await oneMore.closed();
  connections[0]?.end();
  await connections[0]?.closed();
  const next = await RawConnection.open(small.url);
  next.write(ask);
  t.equal((await next.reply()).status, 200);
  for (const connection of [next, ...connections]) connection.end();
});
