/** Items of several devices go with the last of these, before the deletion is reported done. */
import t, { type Test } from "tap";
import { holding } from "../testing/altered-database.ts";
import { machine, told } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { longItem } from "./item-text.ts";

const [openssl, zlib, vim] = ["openssl 3.0.17-1", "zlib1g 1.2.13", "vim 9.1"];

async function fleet(t: Test, ...packages: readonly (readonly string[])[]) {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const devices: SimulatedDevice[] = [];
  for (const [at, each] of packages.entries())
    devices.push(await told(server, { hostname: `host-${at}`, packages: each }));
  const stored = () =>
    holding(server, async (queries) => {
      const rows = await queries
        .selectFrom("items")
        .select("body")
        .where("section", "=", "software.deb")
        .execute();
      return rows.flatMap(({ body }) => /"name":"([^"]*)"/.exec(longItem(body))?.[1] ?? []).sort();
    });
  const waiting = () =>
    holding(server, (queries) => queries.selectFrom("released_items").selectAll().execute());
  const remove = async (device: SimulatedDevice) => {
    const { status } = await server.admin("DELETE", `/api/v1/devices/${device.device}`, {
      confirm: device.device,
    });
    t.equal(status, 200);
  };
  return { server, devices, stored, waiting, remove };
}

t.test("stay as long as one device has them, and go with the last", async (t) => {
  const { devices, stored, waiting, remove } = await fleet(t, [openssl, zlib], [openssl, zlib], [zlib]);
  const [one, two, three] = devices;
  if (!one || !two || !three) throw new Error("there are three devices");
  await remove(one);
  t.strictSame(await stored(), ["openssl", "zlib1g"]);
  await remove(two);
  t.strictSame(await stored(), ["zlib1g"]);
  await remove(three);
  t.strictSame(await stored(), []);
  t.strictSame(await waiting(), [], "nobody waits for a sweep");
});

t.test("go with a withdrawal, too, and none that was taken up again meanwhile", async (t) => {
  const { devices, stored, server } = await fleet(t, [openssl, zlib], [openssl, zlib], [vim]);
  const [one, two, three] = devices;
  if (!one || !two || !three) throw new Error("there are three devices");
  const withdraw = (device: SimulatedDevice) =>
    device.putConsent(device.grants.filter(({ category }) => category !== "software"));
  t.equal((await withdraw(one)).status, 200);
  await three.newSession();
  await three.checkedIn();
  const packages = [vim, zlib].sort();
  await Promise.all([withdraw(two), three.sent({ "software.deb": machine({ packages })["software.deb"] })]);
  t.strictSame(await stored(), ["vim", "zlib1g"]);
  await server.tend();
  const { body } = await server.admin("GET", `/api/v1/devices/${three.device}`);
  t.match(body, {
    sections: { "software.deb": { document: { packages: [{ name: "vim" }, { name: "zlib1g" }] } } },
  });
});
