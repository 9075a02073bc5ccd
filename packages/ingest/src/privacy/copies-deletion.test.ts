/** When every copy of a personal device has deleted itself, the record that was kept of it has gone, too. */
import { copyFileSync, renameSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import t, { type Test } from "tap";
import { pathsIn } from "../store/data-directory.ts";
import { told } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const twoIntervals = 2.1 * 3_607_000;

const deleteOwn = async (device: SimulatedDevice) => outcomeOf(await device.me("POST", "/v1/me/delete", {}));

/** A personal device of which two copies were made, each a device of its own since. */
async function copied(t: Test) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const device = await told(server, {}, { grant: "inventory" });
  const copies = [await device.successor(), await device.successor()];
  for (const copy of copies) await copy.checkedIn();
  server.ahead += twoIntervals;
  await server.tend();
  const idsLeft = (): unknown[] => {
    const database = new SqliteDatabase(pathsIn(server.directory).database, { readonly: true });
    const ids = database.prepare("select id from devices union select id from former_installations").pluck();
    const left = ids.all();
    database.close();
    return [device.device, device.installation].filter((id) => left.includes(id));
  };
  return { server, device, copies, idsLeft };
}

/** Puts the database aside as it is; what is returned puts it back. */
async function backUp(server: TestServer, copies: readonly SimulatedDevice[]) {
  const { database } = pathsIn(server.directory);
  const aside = `${server.directory}.backup`;
  await server.stop();
  copyFileSync(database, aside);
  await server.restart();
  for (const copy of copies) copy.url = server.url;
  return async () => {
    await server.stop();
    renameSync(aside, database);
    await server.restart();
  };
}

t.test("forgets the record of a copied device with the last of its copies, for good", async (t) => {
  const { server, device, copies, idsLeft } = await copied(t);
  const restore = await backUp(server, copies);
  const [one, other] = copies;
  t.equal(one && (await deleteOwn(one)), "200");
  t.same(idsLeft(), [device.device, device.installation], "as long as one is there");
  t.equal(other && (await deleteOwn(other)), "200");
  t.same(idsLeft(), []);
  await restore();
  t.same(idsLeft(), [], "nor with a database from before");
  const { installation } = device;
  device.url = server.url;
  const asked = await device.prove("session", "/v1/sessions", { installation }, installation);
  t.equal(outcomeOf(asked), "410 device-deleted");
});

t.test("keeps the record of a copied device that an admin made one with another", async (t) => {
  const { server, device, copies } = await copied(t);
  const [one, other] = copies;
  const merged = { with: [other?.device] };
  t.equal(outcomeOf(await server.admin("POST", `/api/v1/devices/${device.device}/merge`, merged)), "200");
  t.equal(one && (await deleteOwn(one)), "200");
  t.equal(outcomeOf(await server.admin("GET", `/api/v1/devices/${device.device}`)), "200");
});
