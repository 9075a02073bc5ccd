/** An index that is missing, cut short, corrupt, of other definitions or not of this log is made anew and answers right. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t, { type Test } from "tap";
import { indexContent } from "../testing/index-content.ts";
import { IndexedWorld } from "../testing/indexed-world.ts";
import { IndexKeeper, type LogReach } from "./index-keeper.ts";
import type { Change } from "./indexed-device.ts";
import { partFile } from "./part-file.ts";

const directory = t.testdir({});

const device = (ordinal: number, os: string): Change => ({
  ordinal,
  device: {
    sortName: `host-${ordinal}`,
    values: [{ as: "term", field: "os", text: os, words: true, sensitive: false }],
  },
});
const described = (os: string, ...ordinals: readonly number[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    ordinals.map((ordinal) => [
      ordinal,
      [`sorted by host-${ordinal}`, "every device", `os term 0 1 ["${os}","${os}","","",0]`],
    ]),
  );

/** The log as if it had lost its first entries. */
const reachOf = (world: IndexedWorld, oldest = 0): LogReach => ({
  oldest: [{ server: 1, seq: oldest }],
  newest: [world.end],
});

const unexpected = (reason: unknown): never => {
  throw reason;
};

/** Two devices in two parts, merged and closed. */
async function indexed(t: Test): Promise<{ at: string; world: IndexedWorld; read: () => number }> {
  const at = join(mkdtempSync(join(directory, `${t.name.slice(0, 8)}-`)), "index");
  const world = new IndexedWorld();
  world.change([device(1, "debian"), device(2 ** 20, "debian")]);
  let read = 0;
  const truth = {
    ...world,
    read: (ordinals: readonly number[]) => {
      read += ordinals.length;
      return world.read(ordinals);
    },
  };
  const keeper = await IndexKeeper.open(at, truth, reachOf(world), unexpected);
  keeper.tell(world.log);
  await keeper.reached(world.end);
  await keeper.close();
  return { at, world, read: () => read };
}

t.test("makes anew what cannot be trusted", async (t) => {
  const spoil = (work: string) => (at: string) => {
    const database = new SqliteDatabase(partFile(at, 0));
    database.exec(work);
    database.close();
  };
  const damages: Readonly<Record<string, (at: string) => void>> = {
    missing: (at) => rmSync(at, { recursive: true }),
    "missing in part": (at) => rmSync(partFile(at, 1)),
    "cut short": (at) => truncateSync(partFile(at, 0), readFileSync(partFile(at, 0)).length - 20_000),
    "no database": (at) => writeFileSync(partFile(at, 1), "nonsense".repeat(2_000)),
    "of other definitions": spoil("update made_by set what = 'others'"),
    "of a later log": spoil("update position set seq = 99"),
    "older than the log": spoil("update position set seq = 0"),
  };
  for (const [what, damage] of Object.entries(damages)) {
    const { at, world } = await indexed(t);
    damage(at);
    const keeper = await IndexKeeper.open(at, world, reachOf(world, 1), unexpected);
    t.same(keeper.position, [world.end], what);
    await keeper.close();
    t.same(indexContent(at).devices, described("debian", 1, 2 ** 20), what);
  }
});

t.test("reads no device again where the index is whole", async (t) => {
  const { at, world, read } = await indexed(t);
  const before = read();
  const keeper = await IndexKeeper.open(at, world, reachOf(world, 1), unexpected);
  await keeper.reached(world.end);
  await keeper.close();
  t.equal(read(), before);
  t.same(indexContent(at).devices, described("debian", 1, 2 ** 20));
});

t.test("goes on while it is made anew, and has afterwards what changed meanwhile", async (t) => {
  const { at, world } = await indexed(t);
  const keeper = await IndexKeeper.open(at, world, reachOf(world), unexpected);
  const making = keeper.reindex();
  await t.rejects(keeper.reindex(), /being made anew/);
  world.change([device(1, "alpine"), device(2, "alpine")]);
  keeper.tell(world.log.slice(-1));
  await keeper.reached(world.end);
  t.match(indexContent(at).devices, described("alpine", 1, 2));
  world.change([device(3, "alpine")]);
  keeper.tell(world.log.slice(-1));
  const waiting = keeper.reached(world.end);
  t.ok((await making) >= 2);
  await waiting;
  await keeper.scrub();
  await keeper.close();
  t.same(indexContent(at).devices, { ...described("alpine", 1, 2, 3), ...described("debian", 2 ** 20) });
});

t.test("makes anew what turns out to be damaged while it is used", async (t) => {
  const { at, world } = await indexed(t);
  const database = new SqliteDatabase(partFile(at, 0));
  database.exec("update bitmaps set body = x'0102030405060708'");
  database.close();
  const faults: unknown[] = [];
  const keeper = await IndexKeeper.open(at, world, reachOf(world), (fault) => faults.push(fault));
  world.change([device(1, "alpine")]);
  keeper.tell(world.log.slice(-1));
  await keeper.reached(world.end);
  await keeper.close();
  t.match(faults, [{ name: "IndexDamaged" }]);
  t.equal(faults.length, 1);
  t.same(indexContent(at).devices, { ...described("alpine", 1), ...described("debian", 2 ** 20) });
});
