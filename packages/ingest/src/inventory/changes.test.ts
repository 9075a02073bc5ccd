/** What changed in a fleet, as it is asked for: on which devices, since when, page by page, to who may read it. */
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";
import { changes } from "./changes-routes.ts";
import { history } from "./history-routes.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const ask = new Inventory(server);

const minute = 60_000;
const packages = (...texts: string[]) => machine({ packages: texts })["software.deb"];
const change = async (device: SimulatedDevice, sections: Parameters<SimulatedDevice["sent"]>[0]) => {
  server.ahead += minute;
  await device.newSession();
  await device.sent(sections);
};
const ada = await told(server, { hostname: "ada" }, { group: "office" });
server.ahead += minute;
const bob = await told(server, { hostname: "bob", serial: "SN-BOB" }, { group: "lab" });
await change(ada, { "software.deb": packages("openssl 3.0.18-1", "zlib1g 1.2.13") });
await change(bob, { "software.deb": packages("vim 9.1", "zlib1g 1.2.13") });
await change(ada, { system: machine({ serial: "SN-ADA-2" }).system });

const page = async (asking: Inventory, parameters = {}) => {
  const { body } = await asking.get("changes", { fresh: "true", ...parameters });
  return changes.parse(body);
};
type Item = Awaited<ReturnType<typeof page>>["items"][number];
const items = async (parameters = {}, asking = ask) => (await page(asking, parameters)).items;
const walk = (parameters: Record<string, string | number>, between?: () => Promise<unknown>) =>
  ask.walk((asked) => page(ask, asked), parameters, between);
const briefly = ({ device, section, kind }: Item) => `${device.hostname} ${section} ${kind}`;
const firsts = (host: string) => Object.keys(machine()).map((name) => `${host} ${name} first`);

/** Every change of a device as its own history tells it. */
async function historyOf({ device }: SimulatedDevice, hostname: string): Promise<Item[]> {
  const { body } = await ask.get(`devices/${device}/history`, { limit: 100 });
  return history.parse(body).items.map((item) => ({ device: { id: device, hostname }, ...item }));
}

t.test("tells every change as the history of its device does, the latest first", async (t) => {
  const all = await walk({ limit: 100 });
  t.same(all.map(briefly), [
    "ada system changed",
    "bob software.deb changed",
    "ada software.deb changed",
    ...firsts("bob"),
    ...firsts("ada"),
  ]);
  const own = [...(await historyOf(ada, "ada")), ...(await historyOf(bob, "bob"))];
  const byTime = (a: Item, b: Item) => b.at.localeCompare(a.at) || a.section.localeCompare(b.section);
  t.strictSame(all, own.sort(byTime));
});

t.test("tells those of the devices that a query finds, of one section, and since a time", async (t) => {
  const brief = async (parameters: Record<string, string>) => (await items(parameters)).map(briefly);
  t.same(await brief({ q: "host:ada", section: "software.deb" }), [
    "ada software.deb changed",
    "ada software.deb first",
  ]);
  t.same(await brief({ q: "software:vim", since: "90s" }), ["bob software.deb changed"]);
  t.same(await brief({ q: "host:nobody" }), []);
  const [, , changed] = await items();
  t.same(
    await brief({ since: changed?.at ?? "" }),
    ["ada system changed", "bob software.deb changed", "ada software.deb changed"],
    "a time itself is still told",
  );
  t.equal((await items({ since: "400d" })).length, 13);
  for (const since of ["401d", "2020-01-01", "yesterday", "", "7y"])
    t.match(
      await ask.get("changes", { since }),
      { status: 400, body: { code: "invalid-request", errors: [{ pointer: "/since" }] } },
      since,
    );
  t.match(await ask.get("changes", { q: "cats:1" }), { status: 400, body: { code: "query-invalid" } });
});

t.test("gives the same in pages of any size, whatever changes meanwhile", async (t) => {
  const whole = await walk({ limit: 100 });
  for (const [limit, q] of [
    [1, ""],
    [3, "group:office OR group:lab"],
    [5, ""],
  ] as const) {
    let version = 0;
    const meanwhile = async () => {
      if (version < 3) await change(ada, { "software.deb": packages(`openssl 4.${limit}.${++version}`) });
    };
    t.strictSame(
      await walk({ limit, q }, meanwhile).then((all) => all.slice(-13)),
      whole,
      `pages of ${limit}`,
    );
  }
  const { next } = await page(ask, { limit: 1 });
  for (const other of [{ q: "host:ada" }, { since: "7d" }, { section: "system" }])
    t.equal((await ask.get("changes", { limit: 1, cursor: next ?? "", ...other })).status, 400);
});

t.test("finds the changes of many devices, and of some among many", async (t) => {
  for (let enrolled = 0; enrolled < 204; enrolled += 12)
    await Promise.all(Array.from({ length: 12 }, () => server.device({ group: "crowd" })));
  const hal = await told(server, { hostname: "hal" }, { group: "crowd" });
  await change(ada, { system: machine({ serial: "SN-ADA-3" }).system });
  await change(hal, { system: machine({ serial: "SN-HAL-2" }).system });
  const hals = ["hal system changed", ...firsts("hal")];
  for (const limit of [2, 6, 100]) {
    t.same((await walk({ q: "group:crowd", limit })).map(briefly), hals, `pages of ${limit}`);
    const crowd = new Inventory(server, await server.apiToken({ role: "admin", group: "crowd" }));
    t.same((await crowd.walk((asked) => page(crowd, asked), { limit })).map(briefly), hals, "by scope");
  }
  const both = (await items({ q: "group:crowd OR host:ada", section: "system" })).map(briefly);
  t.same(both.slice(0, 3), ["hal system changed", "ada system changed", "hal system first"]);
});

t.test("masks what a viewer may not read", async (t) => {
  const viewer = new Inventory(server, await server.apiToken({ role: "viewer" }));
  const system = await items({ q: "host:ada", section: "system", limit: 1 }, viewer);
  const nothing = { added: [], removed: [], changed: [], more: 0 };
  const at = (await items({ q: "host:ada", section: "system", limit: 1 }))[0]?.at;
  const device = { id: ada.device, hostname: "ada" };
  t.strictSame(system, [
    { device, section: "system", at, kind: "changed", digest: null, ...nothing, masked: ["serial"] },
  ]);
  t.notMatch(JSON.stringify(await items({ limit: 100 }, viewer)), /SN-|02:00:00|192\.168/);
  const { status, body } = await viewer.get("changes", { q: "serial:SN-ADA-2" });
  t.match({ status, body }, { status: 400, body: { code: "query-invalid" } });
});

t.test("tells of no device that the caller may not see", async (t) => {
  const lab = new Inventory(server, await server.apiToken({ role: "admin", group: "lab" }));
  t.same((await items({ limit: 100 }, lab)).map(briefly), ["bob software.deb changed", ...firsts("bob")]);
  t.same(await items({ q: "host:ada" }, lab), []);
  const { next } = await page(ask, { limit: 1 });
  t.match(await lab.get("changes", { limit: 1, cursor: next ?? "" }), { body: { code: "cursor-invalid" } });
});

t.test("remembers for the persons there who was told of their devices, and of no other", async (t) => {
  const eve = await told(server, { hostname: "eve" }, { group: "eve" });
  const fay = await told(server, { hostname: "fay" }, { group: "eve" });
  await items({ q: "host:eve" });
  t.match((await eve.me("GET", "/v1/me/lookups")).body, { items: [{ what: "record", times: 1 }] });
  t.match((await fay.me("GET", "/v1/me/lookups")).body, { items: [] });
});

t.test("has nothing of a section that was withdrawn, and nothing of a device that was deleted", async (t) => {
  const gil = await told(server, { hostname: "gil" }, { group: "gil" });
  await change(gil, { "software.deb": packages("vim 9.2") });
  const gils = async () => (await items({ q: "group:gil", limit: 100 })).map(briefly);
  t.same(await gils(), ["gil software.deb changed", ...firsts("gil")]);
  await gil.putConsent(gil.grants.filter(({ category }) => category !== "software"));
  t.same(
    await gils(),
    firsts("gil").filter((text) => !text.includes("software")),
  );
  await server.admin("DELETE", `/api/v1/devices/${gil.device}`);
  t.same(await gils(), []);
  t.notMatch(JSON.stringify(await walk({ limit: 100 })), gil.device);
});
