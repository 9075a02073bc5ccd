/** What a successor withdrew does not come back with a database from before it went on for the device. */
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { machine, told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

t.test("forgets at the device what its successor withdrew, in an older database", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [database, backup] = ["rollcall.db", "../backup.db"].map((name) => join(server.directory, name));
  if (!database || !backup) throw new Error("no path");
  t.teardown(() => rmSync(backup, { force: true }));
  const device = await told(server, { hostname: "ada" });
  await server.stop();
  copyFileSync(database, backup);
  await server.restart();
  device.url = server.url;
  await device.newSession();
  await device.checkedIn();
  const successor = await device.successor();
  await successor.checkedIn();
  server.ahead += 2.1 * 3_607_000;
  await server.tend();
  await successor.checkedIn();
  await successor.sent(machine({ hostname: "ada" }), { baseStateDigest: null });
  const essential = successor.grants.filter(({ category }) => category === "essential");
  t.equal(outcomeOf(await successor.putConsent(essential)), "200");
  await server.stop();
  for (const suffix of ["-wal", "-shm"]) rmSync(`${database}${suffix}`, { force: true });
  copyFileSync(backup, database);
  await server.restart();
  const { body } = await server.admin("GET", `/api/v1/devices/${device.device}`);
  t.match(body, { id: device.device, hostname: null });
  t.same(Reflect.get(Object(body), "sections"), {});
});
