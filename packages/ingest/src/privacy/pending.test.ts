/** What of a deletion could not be done at once, the server does by itself: in the ledger, and in its files. */
import { mkdirSync, readFileSync, rmdirSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";

const askForSession = async (device: SimulatedDevice) =>
  outcomeOf(
    await device.prove("session", "/v1/sessions", { installation: device.installation }, device.installation),
  );

t.test("carries to the ledger within a minute what could not be written to it", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server, {}, { grant: "inventory" });
  const { ledger } = pathsIn(server.directory);
  // The day's retention, which would carry it, too.
  await server.tend();
  mkdirSync(ledger);
  t.equal(outcomeOf(await device.me("POST", "/v1/me/delete", {})), "503 busy");
  t.equal(await askForSession(device), "503 busy");
  t.equal(await askForSession(await server.device()), "201", "the control: others go on");
  await t.rejects(server.tend(), { code: "busy" });
  rmdirSync(ledger);
  await server.tend();
  t.equal(readFileSync(ledger, "utf8").split("\n").length, 2);
  t.equal(outcomeOf(await device.me("POST", "/v1/me/delete", {})), "410 device-deleted");
  t.equal(await askForSession(device), "410 device-deleted");
});

t.test("clears within a minute what something still read when it was deleted", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server, { hostname: "host-of-ada" }, { grant: "inventory" });
  await server.tend();
  const reader = new SqliteDatabase(pathsIn(server.directory).database, { readonly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from devices").get();
  t.equal(outcomeOf(await device.me("POST", "/v1/me/delete", {})), "503 busy");
  t.not(placesOfText(server.directory, "host-of-ada").length, 0, "the control: it is there for the reader");
  reader.close();
  await server.tend();
  t.same(placesOfText(server.directory, "host-of-ada"), []);
});
