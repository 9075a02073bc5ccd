/** What of a device is shown to whom, also for definitions as no section has them yet. */
import { digestOf, type SectionDefinition, sectionNamed } from "@rollcall/protocol";
import t from "tap";
import { readConfig } from "../config.ts";
import type { Scope } from "../store/scope.ts";
import { deviceState, quietOf } from "./device-state.ts";
import { readingsView, sectionView } from "./device-view.ts";
import type { ReadingRow, SectionRow } from "./queries.ts";

const all: Scope = { devices: { kind: "all" }, sensitive: true, purpose: "inventory" };
const plain: Scope = { ...all, sensitive: false };

/** The section `storage` with one field of its file systems made sensitive. */
function storageWith(name: "mount" | "free"): SectionDefinition | undefined {
  const storage = sectionNamed("storage");
  const { filesystems } = storage?.fields ?? {};
  if (!storage || filesystems?.kind !== "list") throw new Error("storage has no file systems");
  const field = filesystems.shape[name];
  const shape = {
    ...filesystems.shape,
    [name]: { ...field, facts: { ...field.facts, sensitivity: "sensitive" } },
  };
  return { ...storage, fields: { ...storage.fields, filesystems: { ...filesystems, shape } } };
}

const reading = (section: string, item: string, field: string): ReadingRow => {
  return { section, item, field, value: 5, at: 0 };
};
const readings = [
  reading("operating-system", "", "uptimeSeconds"),
  reading("storage", "/home/ada", "free"),
  reading("storage", "__proto__", "free"),
];
const shown = { value: 5, at: "1970-01-01T00:00:00.000Z" };
const uptime = { "operating-system": { uptimeSeconds: shown } };
/** Compared as text, in which a prototype could not hide. */
const everything =
  '{"operating-system":{"uptimeSeconds":VALUE},"storage":{"/home/ada":{"free":VALUE},"__proto__":{"free":VALUE}}}';

t.test("shows readings by section and item", async (t) => {
  for (const scope of [all, plain]) {
    const { view, masked } = readingsView(readings, sectionNamed, scope);
    t.equal(JSON.stringify(view), everything.replaceAll("VALUE", JSON.stringify(shown)));
    t.same(masked, []);
  }
});

t.test("masks a sensitive reading, and one whose item has a sensitive key", async (t) => {
  for (const name of ["free", "mount"] as const) {
    const definitionOf = (section: string) =>
      section === "storage" ? storageWith(name) : sectionNamed(section);
    t.same(
      readingsView(readings, definitionOf, plain),
      { view: uptime, masked: ["readings.storage.free"] },
      name,
    );
    t.same(readingsView(readings, definitionOf, all).masked, [], name);
  }
});

t.test("masks readings that no definition knows", async (t) => {
  const unknown = [
    reading("storage", "", "spin"),
    reading("storage", "/", "spin"),
    reading("attic", "", "dust"),
  ];
  t.same(readingsView(unknown, sectionNamed, plain), {
    view: {},
    masked: ["readings.storage.spin", "readings.attic.dust"],
  });
});

t.test("masks the whole of a section that no definition knows", async (t) => {
  const document = { reader: "Ada" };
  const row: SectionRow = {
    name: "attic",
    status: "ok",
    digest: digestOf(document),
    since: 0,
    document,
    isDamaged: false,
  };
  const since = "1970-01-01T00:00:00.000Z";
  t.same(sectionView(row, undefined, plain), {
    view: { digest: null, status: "ok", since, document: null },
    masked: ["sections.attic"],
  });
  t.same(sectionView(row, undefined, all), {
    view: { digest: digestOf(document), status: "ok", since, document },
    masked: [],
  });
});

t.test("tells a section without a document by its status alone", async (t) => {
  const row: SectionRow = {
    name: "system",
    status: "denied",
    digest: null,
    since: 0,
    document: undefined,
    isDamaged: false,
  };
  for (const scope of [all, plain])
    t.strictSame(sectionView(row, sectionNamed("system"), scope), {
      view: { digest: null, status: "denied", since: "1970-01-01T00:00:00.000Z" },
      masked: [],
    });
});

t.test(
  "calls a device stale at three intervals, silent at thirty days, and in doubt or retired whenever it is",
  async (t) => {
    const day = 86_400_000;
    const quietAt = (intervalSeconds: number) =>
      quietOf({ ...readConfig(t.testdir({})), "check-ins.intervalSeconds": intervalSeconds });
    const state = (quiet: number, intervalSeconds = 3_607) =>
      deviceState(
        { lastSeenAt: 1_000, retiredAt: null, inDoubt: false },
        1_000 + quiet,
        quietAt(intervalSeconds),
      );
    t.equal(state(0), "active");
    t.equal(state(-5_000), "active");
    t.equal(state(3 * 3_607_000 - 1), "active");
    t.equal(state(3 * 3_607_000), "stale");
    t.equal(state(30 * day - 1), "stale");
    t.equal(state(30 * day), "silent");
    t.equal(state(30 * day, 7 * 86_400 * 5), "silent");
    const doubted = { lastSeenAt: 1_000, retiredAt: null, inDoubt: true };
    t.equal(deviceState(doubted, 1_000 + 30 * day, quietAt(3_607)), "in-doubt");
    t.equal(deviceState({ ...doubted, retiredAt: 900 }, 1_000, quietAt(3_607)), "retired");
  },
);
