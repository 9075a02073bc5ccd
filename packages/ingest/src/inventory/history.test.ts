/** The history of a device as it is asked for: what changed, and what was, to who may read it. */
import { digestOf } from "@rollcall/protocol";
import t from "tap";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const ask = new Inventory(server);
const item = (name: string, version: string) => ({ architecture: "amd64", name, version });
const packages = (...texts: string[]) => machine({ packages: texts })["software.deb"];

/** A device that changed twice, and when each state was there. */
const ada = await told(server, {}, { group: "office" });
const times: number[] = [];
const change = async (sections: Parameters<typeof ada.sent>[0]) => {
  times.push(Date.now() + server.ahead);
  server.ahead += 60_000;
  await ada.newSession();
  await ada.sent(sections);
};
await change({ "software.deb": packages("openssl 3.0.18-1", "vim 9.1") });
await change({ system: machine({ serial: "SN-ADA-2" }).system });
await change({ memory: { schema: 1, status: "none" } });
const [first = 0] = times;

type Items = Record<string, unknown>[];
const historyOf = async (asking: Inventory, parameters = {}): Promise<Items> =>
  ((await asking.get(`devices/${ada.device}/history`, parameters)).body as { items: Items }).items; // held against the declared answer
const timeless = (items: Items) => items.map(({ at: _at, ...rest }) => rest);
const nothing = { added: [], removed: [], changed: [], more: 0 };

t.test("tells of every change what was added, removed and changed, the latest first", async (t) => {
  const items = timeless(await historyOf(ask));
  const { total, modules } = machine().memory.document as { total: number; modules: unknown[] };
  t.strictSame(items.slice(0, 3), [
    {
      section: "memory",
      kind: "gone",
      digest: null,
      ...nothing,
      removed: [
        { place: ["total"], value: total },
        { place: ["modules", "DIMM 0"], value: modules[0] },
      ],
    },
    {
      section: "system",
      kind: "changed",
      digest: digestOf(machine({ serial: "SN-ADA-2" }).system.document),
      ...nothing,
      changed: [{ place: ["serial"], was: "SN-ADA-1", is: "SN-ADA-2" }],
    },
    {
      section: "software.deb",
      kind: "changed",
      digest: digestOf(packages("openssl 3.0.18-1", "vim 9.1").document),
      ...nothing,
      added: [{ place: ["packages", "vim", "amd64"], value: item("vim", "9.1") }],
      removed: [{ place: ["packages", "zlib1g", "amd64"], value: item("zlib1g", "1.2.13") }],
      changed: [{ place: ["packages", "openssl", "amd64", "version"], was: "3.0.17-1", is: "3.0.18-1" }],
    },
  ]);
  t.strictSame(
    items.slice(3).map(({ section, kind }) => `${section} ${kind}`),
    ["memory", "network", "operating-system", "software.deb", "system"].map((name) => `${name} first`),
  );
});

t.test("gives the same in pages of any size, and of one section alone", async (t) => {
  const whole = await historyOf(ask);
  for (const limit of [1, 2, 3, 7]) {
    const paged = await ask.walk(
      async (parameters) =>
        // held against the declared answer
        (await ask.get(`devices/${ada.device}/history`, parameters)).body as {
          items: Items;
          next: string | null;
        },
      { limit },
    );
    t.strictSame(paged, whole, `pages of ${limit}`);
  }
  const own = whole.filter(({ section }) => section === "software.deb");
  t.strictSame(await historyOf(ask, { section: "software.deb" }), own);
  const { next } = (await ask.get(`devices/${ada.device}/history`, { limit: 1 })).body as { next: string };
  const other = await ask.get(`devices/${ada.device}/history`, { limit: 1, cursor: next, section: "system" });
  t.equal(other.status, 400, "a cursor belongs to its question");
});

t.test("tells nothing twice that is superseded between two pages", async (t) => {
  const dan = await told(server, {});
  const path = `devices/${dan.device}/history`;
  const names: string[] = [];
  let version = 0;
  await ask.walk(
    async (parameters) => {
      // held against the declared answer
      const page = (await ask.get(path, parameters)).body as { items: Items; next: string | null };
      names.push(...page.items.map(({ section }) => String(section)));
      return page;
    },
    { limit: 1 },
    async () => {
      server.ahead += 60_000;
      if (++version < 4)
        for (const name of ["memory", "system"] as const) {
          await dan.newSession();
          await dan.sent({ [name]: machine({ memory: version, serial: `SN-${version}` })[name] });
        }
    },
  );
  t.same(names, Object.keys(machine()).toSorted());
});

t.test("gives a section and all of them as they were at a time", async (t) => {
  const at = new Date(first).toISOString();
  const then = (name: string) => ask.get(`devices/${ada.device}/sections/${name}`, { at });
  const { document, digest } = (await then("software.deb")).body as { document: unknown; digest: string };
  const former = machine()["software.deb"].document;
  t.strictSame({ document, digest }, { document: former, digest: digestOf(former) });
  const { sections } = (await ask.get(`devices/${ada.device}/sections`, { at })).body as {
    sections: Record<string, { document: unknown }>;
  };
  t.strictSame(
    Object.entries(sections)
      .map(([name, section]) => [name, section.document])
      .toSorted(),
    Object.entries(machine())
      .map(([name, section]) => [name, section.document])
      .toSorted(),
  );
  const before = await ask.get(`devices/${ada.device}/sections/system`, { at: "2020-01-01" });
  t.match(before, { status: 404, body: { code: "not-found" } });
  t.equal((await ask.get(`devices/${ada.device}/sections/system`, { at: "yesterday" })).status, 400);
});

t.test("masks what a viewer may not read, in what changed as in what was", async (t) => {
  const viewer = new Inventory(server, await server.apiToken({ role: "viewer" }));
  const [gone, system] = timeless(await historyOf(viewer));
  t.strictSame(system, { section: "system", kind: "changed", digest: null, ...nothing, masked: ["serial"] });
  t.match(gone, { section: "memory", digest: null, masked: ["modules[].serial"] });
  const at = new Date(first).toISOString();
  const was = await viewer.get(`devices/${ada.device}/sections`, { at });
  const everything = JSON.stringify([await historyOf(viewer), was.body]);
  t.match(everything, "Analytical 12");
  for (const secret of ["SN-ADA", "02:00:00", "192.168", digestOf(machine().system.document)])
    t.notMatch(everything, secret);
});

t.test("has no device for who may not see it", async (t) => {
  const elsewhere = new Inventory(server, await server.apiToken({ role: "admin", group: "elsewhere" }));
  for (const path of ["history", "sections?at=2026-01-01", "sections/system?at=2026-01-01"])
    t.match(await elsewhere.get(`devices/${ada.device}/${path}`), {
      status: 404,
      body: { code: "not-found" },
    });
});

t.test("remembers each look for the person there", async (t) => {
  const eve = await told(server, {});
  for (const path of ["history", "sections?at=2026-01-01", "sections/system?at=2026-01-01"])
    await ask.get(`devices/${eve.device}/${path}`);
  const { body } = await eve.me("GET", "/v1/me/lookups");
  t.match(body, { items: [{ by: "admin os:tester", what: "record", times: 3 }] });
});

t.test("has nothing of a section that was withdrawn, and nothing of a device that was deleted", async (t) => {
  const bob = await told(server, {});
  await bob.sent({ "software.deb": packages("vim 9.2") });
  await bob.putConsent(bob.grants.filter(({ category }) => category !== "software"));
  const { body } = await ask.get(`devices/${bob.device}/history`);
  t.notMatch(JSON.stringify(body), /software\.deb|openssl|vim/);
  t.match(JSON.stringify(body), "operating-system");
  await server.admin("DELETE", `/api/v1/devices/${bob.device}`);
  t.equal((await ask.get(`devices/${bob.device}/history`)).status, 404);
});
