/** Devices by when they changed last, to the day: any of their sections, or one. */
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const ask = new Inventory(server);

const day = 86_400_000;
const today = () => new Date(Date.now() + server.ahead).toISOString().slice(0, 10);
const change = async (device: SimulatedDevice, sections: Parameters<SimulatedDevice["sent"]>[0]) => {
  await device.newSession();
  await device.sent(sections);
};

// At noon, so that no midnight comes between.
server.ahead = day / 2 - (Date.now() % day) + day;
const ada = await told(server, { hostname: "ada" });
const bob = await told(server, { hostname: "bob" });
await told(server, { hostname: "eve" });
const first = today();
server.ahead += 10 * day;
await change(ada, { "software.deb": machine({ packages: ["vim 9.1"] })["software.deb"] });
const second = today();
server.ahead += 10 * day;
await change(bob, { memory: { schema: 1, status: "none" } });
const third = today();
server.ahead += 2 * day;

const expected: Readonly<Record<string, readonly string[]>> = {
  "changed:<7d": ["bob"],
  "changed:<15d": ["ada", "bob"],
  "changed:>7d": ["ada", "eve"],
  "-changed:<15d": ["eve"],
  "changed.software.deb:<15d": ["ada"],
  "changed.software.deb:>15d": ["bob", "eve"],
  "changed.memory:<7d": ["bob"],
  "changed.system:<7d": [],
  [`changed:${first}`]: ["eve"],
  [`changed:${second}`]: ["ada"],
  [`changed.memory:${third}`]: ["bob"],
  [`changed.memory:<${third}`]: ["ada", "eve"],
  [`changed:>${second} OR host:eve`]: ["ada", "bob", "eve"],
};

const demandAll = async ({ same }: Pick<typeof t, "same">) => {
  for (const [q, hosts] of Object.entries(expected)) same(await ask.found(q), hosts, q);
};

t.test("finds devices by the day of their last change, and by that of one section", demandAll);

t.test("finds the same with an index made anew", async (t) => {
  await server.admin("POST", "/api/v1/reindex", {});
  await demandAll(t);
});

t.test("knows nothing of a section that was withdrawn", async (t) => {
  await ada.newSession();
  await ada.putConsent(ada.grants.filter(({ category }) => category !== "software"));
  t.same(await ask.found("changed.software.deb:<15d"), []);
  t.same(await ask.found(`changed:${first}`), ["ada", "eve"]);
});

t.test("says which sections there are, and what a time is", async (t) => {
  for (const q of ["changed.nothing:<7d", "changed:soon", "changed.memory:16GiB"])
    t.match(await ask.get("devices", { q }), { status: 400, body: { code: "query-invalid" } }, q);
});
