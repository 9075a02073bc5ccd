/** When software titles were first and last seen: by whom, for how long it is known, and who is told. */
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import type { SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const ask = new Inventory(server);

const hour = 3_600_000;
const day = 24 * hour;
const software = (...packages: string[]) => ({ "software.deb": machine({ packages })["software.deb"] });

/** Tells it, a good while after what was before; gives the times between which that was. */
async function later(wait: number, tell: () => Promise<unknown>): Promise<readonly [number, number]> {
  server.ahead += wait;
  const from = Date.now() + server.ahead;
  await tell();
  return [from, Date.now() + server.ahead];
}
const sends = async (device: SimulatedDevice, ...packages: string[]) => {
  await device.newSession();
  await device.sent(software(...packages));
};

async function seen(name: string, asking = ask) {
  const [title] = (await asking.softwareSeen({ q: name })).items;
  const timeOf = (at: string | null | undefined) => (at == null ? null : Date.parse(at));
  return { first: timeOf(title?.firstSeenAt), last: timeOf(title?.lastSeenAt) };
}
const within = (at: number | null, [from, to]: readonly [number, number]) =>
  at !== null && from <= at && at <= to;

t.test(
  "tells when the first device brought a title, and when the last that had it checked in or lost it",
  async (t) => {
    const ada = await server.device({ group: "office" });
    const bob = await server.device({ group: "lab" });
    const brought = await later(2 * hour, async () => {
      await ada.checkedIn();
      await ada.sent(software("vim 9.1"));
    });
    const both = await later(2 * hour, async () => {
      await bob.checkedIn();
      await bob.sent(software("vim 9.1"));
    });
    const after = await seen("vim");
    t.ok(within(after.first, brought), "brought by the first");
    t.ok(within(after.last, both), "checked in by the other");
    const lost = await later(2 * hour, () => sends(bob, "nano 8"));
    t.ok(within((await seen("vim")).last, lost), "lost by the other");
    const again = await later(2 * hour, () => ada.newSession().then(() => ada.checkedIn()));
    t.ok(within((await seen("vim")).last, again), "checked in by the first");
    await server.admin("POST", "/api/v1/reindex", {});
    t.same((await seen("vim")).first, after.first, "an index made anew knows it, too");
    await server.restart();
    t.same((await seen("vim")).first, after.first, "and a server started again");
  },
);

t.test("tells who may not see every device of the devices alone that it may see", async (t) => {
  const lab = new Inventory(server, await server.apiToken({ role: "admin", group: "lab" }));
  const eve = await told(server, { packages: ["emacs 30"] }, { group: "lab" });
  await later(2 * hour, () => told(server, { packages: ["emacs 30"] }, { group: "office" }));
  const checkedIn = await later(-hour, () => eve.newSession().then(() => eve.checkedIn()));
  server.ahead += hour;
  const { first, last } = await seen("emacs", lab);
  t.equal(first, null);
  t.ok(within(last, checkedIn));
});

t.test(
  "forgets a title with the only device that had it, and with the section that is withdrawn",
  async (t) => {
    const packages = ["only-one 1", "shared-by-two 1"];
    const one = await told(server, { packages });
    await told(server, { packages: ["shared-by-two 1"] });
    const before = await seen("shared-by-two");
    await server.admin("DELETE", `/api/v1/devices/${one.device}`);
    const two = await server.device();
    const brought = await later(hour, async () => {
      await two.checkedIn();
      await two.sent(software(...packages));
    });
    t.ok(within((await seen("only-one")).first, brought), "as if nobody had had it");
    t.equal((await seen("shared-by-two")).first, before.first);
    await two.putConsent(two.grants.filter(({ category }) => category !== "software"));
    const three = await server.device();
    const anew = await later(hour, async () => {
      await three.checkedIn();
      await three.sent(software("only-one 1"));
    });
    t.ok(within((await seen("only-one")).first, anew));
  },
);

t.test("notes nothing of what a device tells beyond what it may add to searches", async (t) => {
  const limits = JSON.stringify({ "sections.newTermsPerDay": 2 });
  const small = await TestServer.start(t.testdir({ "config.json": limits }));
  t.teardown(() => small.stop());
  const asking = new Inventory(small);
  const mal = await told(small, { packages: ["first 1"] });
  await mal.sent(software("first 1", "flood-1 1", "flood-2 1", "flood-3 1"));
  small.ahead += 2 * hour;
  const from = Date.now() + small.ahead;
  await told(small, { packages: ["flood-1 1"] });
  t.ok(within((await seen("flood-1", asking)).first, [from, Date.now() + small.ahead]), "as if told first");
  small.ahead += 25 * hour;
  await mal.newSession();
  await mal.sent(software("first 1", "flood-2 1"));
  t.ok((await seen("flood-2", asking)).first, "noted once it is found");
});

t.test("forgets a title that nobody has as soon as no history can hold it", async (t) => {
  const kim = await told(server, { packages: ["kept 1", "lost 1"] });
  await told(server, { packages: ["lost 1"] }).then((lou) => sends(lou, "kept 1"));
  const first = (await seen("kept")).first;
  await later(hour, () => sends(kim, "kept 1"));
  for (let days = 0; days < 401; days += 80) {
    server.ahead += 80 * day;
    await server.tend();
  }
  const again = await later(hour, async () => {
    await kim.newSession();
    await kim.sent(software("kept 1", "lost 1"));
  });
  t.equal((await seen("kept")).first, first);
  t.ok(within((await seen("lost")).first, again));
});
