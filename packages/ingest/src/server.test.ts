/** One server's life: what it opens and to whom, and that it ends with everything acknowledged on the disk. */
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import t from "tap";
import { type RunningServer, type ServerOptions, startServer } from "./server.ts";
import { pathsIn } from "./store/data-directory.ts";
import { outcomeOf } from "./testing/outcome.ts";
import { RawConnection } from "./testing/raw-connection.ts";
import { type SimulatedDevice, send } from "./testing/simulated-device.ts";
import { TestServer } from "./testing/test-server.ts";

const optionsFor = (directory: string, port = 0): ServerOptions => ({
  directory,
  listen: { host: "127.0.0.1", port },
  operator: "tester",
  now: Date.now,
});

/** A folder whose server waits this long for what is in flight when it stops. Five minutes are never over here. */
const waiting = (seconds: number) => ({ "config.json": JSON.stringify({ "server.stopSeconds": seconds }) });

const devices = { method: "GET", path: "/api/v1/devices" } as const;
const portOf = ({ url }: RunningServer) => Number(new URL(url ?? "").port);

t.test(
  "opens the inventory without a token to the operator only, and the protocol to everybody",
  async (t) => {
    const server = await TestServer.start();
    t.teardown(() => server.remove());
    const { agentSocket, controlSocket } = pathsIn(server.directory);
    const doors = { network: server.url, agent: `unix:${agentSocket}`, control: `unix:${controlSocket}` };
    const token = await server.apiToken({ role: "viewer" });
    for (const [door, url] of Object.entries(doors)) {
      t.equal(outcomeOf(await send(url, devices)), door === "control" ? "200" : "401 not-signed-in", door);
      const headers = { authorization: `Bearer ${token}` };
      t.equal(outcomeOf(await send(url, { ...devices, headers })), "200", `${door} with a token`);
      const wrong = { authorization: "Bearer rct_wrong" };
      t.equal(
        outcomeOf(await send(url, { ...devices, headers: wrong })),
        "401 not-signed-in",
        `${door}, wrong`,
      );
      t.equal(outcomeOf(await send(url, { method: "GET", path: "/v1/server" })), "200", door);
    }
  },
);

t.test("keeps everything in its directory to its own account", async (t) => {
  const directory = join(t.testdir({}), "new", "data");
  const server = await startServer(optionsFor(directory));
  t.teardown(() => server.stop());
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  t.equal(modeOf(directory), "700");
  const { agentSocket, controlSocket, requestLog } = pathsIn(directory);
  for (const path of [agentSocket, controlSocket, requestLog]) t.equal(modeOf(path), "600", path);
  for (const key of readdirSync(join(directory, "keys")))
    t.equal(modeOf(join(directory, "keys", key)), "600");
});

t.test(
  "finishes a request in flight, takes no other, and leaves nothing in the write-ahead log",
  async (t) => {
    const server = await TestServer.start(t.testdir(waiting(300)));
    t.teardown(() => server.remove());
    const device = await server.device();
    const body = device.checkInBody();
    const text = JSON.stringify(body);
    const connection = await RawConnection.open(server.url);
    connection.write(
      `POST /v1/check-ins HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${device.session}\r\n` +
        `expect: 100-continue\r\ncontent-length: ${text.length}\r\n\r\n`,
    );
    t.equal((await connection.reply()).status, 100);
    const stopped = server.stop();
    const { agentSocket } = pathsIn(server.directory);
    for (const url of [server.url, server.control, `unix:${agentSocket}`])
      await t.rejects(send(url, { method: "GET", path: "/healthz" }), { code: /ECONNREFUSED|ENOENT/ }, url);
    connection.write(text);
    const reply = await connection.reply();
    t.equal(outcomeOf(reply), "200");
    await connection.closed();
    await stopped;
    t.same(
      readdirSync(server.directory).filter((name) => name.startsWith("rollcall.db")),
      ["rollcall.db"],
    );
    await server.restart();
    device.url = server.url;
    t.same((await device.checkIn(body)).body, reply.body, "it was stored: a repeat gets the same answer");
  },
);

t.test("loses no acknowledged check-in when it stops among many", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const all = await Promise.all(Array.from({ length: 12 }, () => server.device()));
  let acknowledged = 0;
  const { promise: busy, resolve: isBusy } = Promise.withResolvers<void>();
  const checkInUntilRefused = async (device: SimulatedDevice) => {
    for (let latest = 0; ; latest = device.counter, acknowledged++) {
      const reply = await device.checkIn().catch(() => null);
      if (reply?.status !== 200) return { device, latest };
      if (acknowledged > 60) isBusy();
    }
  };
  const loops = Promise.all(all.map(checkInUntilRefused));
  await busy;
  await server.stop();
  const ends = await loops;
  await server.restart();
  for (const { device, latest } of ends) {
    device.url = server.url;
    // A counter that was taken is not taken again; the one that got no answer may have been.
    device.counter = latest + 1;
    t.equal(outcomeOf(await device.checkIn()), "200");
    device.counter = latest - 1;
    t.equal(outcomeOf(await device.checkIn()), "400 counter-late");
  }
});

t.test("does not wait for connections on which nothing is under way", async (t) => {
  const directory = t.testdir(waiting(300));
  const server = await startServer(optionsFor(directory));
  const url = server.url ?? "";
  const silent = await RawConnection.open(url);
  const kept = await RawConnection.open(url);
  kept.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  t.equal((await kept.reply()).status, 200);
  // This test would not end if one of them held the server.
  await server.stop();
  await Promise.all([silent.closed(), kept.closed()]);
});

t.test("cuts what is not done in time", async (t) => {
  const server = await startServer(optionsFor(t.testdir(waiting(1))));
  const connection = await RawConnection.open(server.url ?? "");
  connection.write("POST /v1/enrolments HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{");
  const other = await send(server.url ?? "", { method: "GET", path: "/healthz" });
  t.equal(outcomeOf(other), "200");
  await server.stop();
  await connection.closed();
});

t.test("stops once, however often it is asked", async (t) => {
  const server = await startServer(optionsFor(t.testdir({})));
  const first = server.stop();
  t.equal(server.stop(), first);
  await first;
  t.equal(server.stop(), first);
});

t.test("lets go of the directory when it cannot start", async (t) => {
  const directory = t.testdir({});
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  t.teardown(() => taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await t.rejects(startServer(optionsFor(directory, port)), { code: "EADDRINUSE" });
  const { agentSocket, controlSocket } = pathsIn(directory);
  t.same([agentSocket, controlSocket].filter(existsSync), []);
  writeFileSync(join(directory, "config.json"), "{}}");
  await t.rejects(startServer(optionsFor(directory)), { message: /config\.json is not JSON/ });
  writeFileSync(join(directory, "config.json"), "{}");
  await (await startServer(optionsFor(directory))).stop();
});

t.test("does not serve its database under another identity, and makes none for it", async (t) => {
  const path = t.testdir({ other: {} });
  const [data, other] = [join(path, "data"), join(path, "other")];
  const startOnce = async (directory: string) => {
    const server = await startServer(optionsFor(directory));
    await server.stop();
    return server.id;
  };
  const [id, otherId] = [await startOnce(data), await startOnce(other)];
  const keys = join(data, "keys");
  const refused = (why: string) => ({
    message: `${keys} does not hold the keys of this database's server, ${id}: ${why}. Its agents trust no other; restore the folder from a copy.`,
  });
  renameSync(keys, join(path, "copy"));
  for (const _ of ["once", "again"])
    await t.rejects(startServer(optionsFor(data)), refused("identity.pem is missing"));
  t.notOk(existsSync(keys));
  cpSync(join(other, "keys"), keys, { recursive: true });
  await t.rejects(startServer(optionsFor(data)), refused(`identity.pem is that of server ${otherId}`));
  rmSync(keys, { recursive: true });
  renameSync(join(path, "copy"), keys);
  t.equal(await startOnce(data), id);
});

t.test("is the only one on its directory, and on its port", async (t) => {
  const directory = t.testdir({ a: {}, b: {} });
  const server = await startServer(optionsFor(join(directory, "a")));
  t.teardown(() => server.stop());
  const second = startServer(optionsFor(join(directory, "a")));
  await t.rejects(second, { message: /in use by another rollcall process/ });
  const control = `unix:${pathsIn(server.directory).controlSocket}`;
  t.equal(outcomeOf(await send(control, devices)), "200", "the one that was refused took no socket away");
  await t.rejects(startServer(optionsFor(join(directory, "b"), portOf(server))), { code: "EADDRINUSE" });
  t.equal(outcomeOf(await send(server.url ?? "", { method: "GET", path: "/readyz" })), "200");
});
