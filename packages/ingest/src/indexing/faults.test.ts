/** Who keeps the index is killed in the middle of a merge or of making it anew, or runs out of space: it is as it says. */
import { existsSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { openTruth, type Truth } from "../store/truth.ts";
import { Chance } from "../testing/chance.ts";
import { type IndexContent, indexContent } from "../testing/index-content.ts";
import { IndexingProcess } from "../testing/indexing-process.ts";
import { KeptIndex } from "../testing/kept-index.ts";
import { rounds } from "../testing/long.ts";
import { machine } from "../testing/machine.ts";
import { emptyDatabases, StoredFleet } from "../testing/stored-fleet.ts";
import { devicesFrom, readDevices } from "./device-source.ts";
import { IndexWriter } from "./index-writer.ts";
import { buildBeside, swapIn } from "./reindex.ts";

const directory = t.testdir({});
const newDatabase = await emptyDatabases(directory);
const chance = new Chance(6);

interface World {
  readonly database: string;
  readonly fleet: StoredFleet;
  readonly truth: Truth;
  readonly index: string;
}

async function begun(t: Test): Promise<World> {
  const database = newDatabase();
  const fleet = new StoredFleet(await openSqliteStore(database));
  const truth = openTruth(database);
  t.teardown(async () => {
    await truth.queries.destroy();
    await fleet.store.close();
  });
  return { database, fleet, truth, index: join(mkdtempSync(join(directory, "index-")), "index") };
}

/** Devices that nobody else changes: what the index is to have of them does not depend on when they are read. */
async function add(fleet: StoredFleet, count: number, packages = 3): Promise<void> {
  for (let each = 0; each < count; each++) {
    const at = fleet.members.length;
    await fleet.enrol("lab", 0);
    const named = Array.from({ length: packages }, (_, number) => `package-${at}-${number} ${at % 3}`);
    await fleet.tell(at, machine({ hostname: `host-${at}`, packages: named }));
  }
}

/** The index made anew of all devices, or of those that the log tells of up to an entry. */
async function madeAnew({ truth: { queries, log } }: World, upTo?: number): Promise<IndexContent> {
  const entries = await log.after({ server: 1, seq: 0 }, 100_000);
  const told = new Set(
    entries.filter(({ position }) => position.seq <= (upTo ?? position.seq)).flatMap(({ dirty }) => dirty),
  );
  const at = join(mkdtempSync(join(directory, "anew-")), "index");
  const truth = {
    read: (ordinals: readonly number[]) => readDevices(queries, ordinals),
    devicesFrom: async (ordinal: number, most: number) =>
      (await devicesFrom(queries, ordinal, most)).filter((each) => told.has(each)),
  };
  await buildBeside(at, truth, []);
  swapIn(at);
  return indexContent(at);
}

/** Has exactly what the log tells of up to where it says that it is. */
async function demandAsItSays(t: Test, world: World): Promise<number> {
  const writer = new IndexWriter(world.index);
  const seq = writer.position()[0]?.seq ?? 0;
  writer.close();
  t.same(indexContent(world.index), await madeAnew(world, seq), `up to ${seq}`);
  return seq;
}

/** Goes on with it to the end, as the next one does. */
async function demandWholeInTheEnd(t: Test, world: World): Promise<void> {
  const next = new KeptIndex(world.truth, directory, world.index);
  await next.reach();
  await next.close();
  t.same(indexContent(world.index), await madeAnew(world));
}

/** Kills it after so many of its lines; what it says next may still be said. */
async function killAfter(child: IndexingProcess, lines: number): Promise<void> {
  for (let line = 0; line < lines; line++) if ((await child.line()) === null) break;
  await child.kill();
}

t.test("is as of what it says when it is killed in the middle of merges", async (t) => {
  const world = await begun(t);
  const { database, fleet, index } = world;
  for (let round = 0; round < rounds(4, 100); round++) {
    await add(fleet, 8);
    const child = new IndexingProcess({ database, directory: index, work: "merge" });
    await killAfter(child, 2 + (chance.number(round, 1) % 12));
    await demandAsItSays(t, world);
  }
  await demandWholeInTheEnd(t, world);
});

t.test("is whole when it is killed while it is made anew and put in place", async (t) => {
  const world = await begun(t);
  const { database, fleet, index } = world;
  await add(fleet, 20);
  await demandWholeInTheEnd(t, world);
  let isMissing = 0;
  for (let round = 0; round < rounds(4, 100); round++) {
    await add(fleet, 1);
    const child = new IndexingProcess({ database, directory: index, work: "make-anew" });
    await killAfter(child, 2 + (chance.number(round, 2) % 12));
    if (existsSync(index)) await demandAsItSays(t, world);
    else isMissing++;
  }
  t.comment(`${isMissing} times it was killed between the former one and the new one`);
  await demandWholeInTheEnd(t, world);
});

t.test("is as of what it says when the disk is full, and goes on when there is space", async (t) => {
  const world = await begun(t);
  const { database, fleet, index } = world;
  await add(fleet, 4);
  await new IndexingProcess({ database, directory: index, work: "merge" }).rest();
  const before = await demandAsItSays(t, world);
  const largest = Math.max(...readdirSync(index).map((name) => statSync(join(index, name)).size));
  for (const packages of [50, 100, 1_500, 1_500]) await add(fleet, 1, packages);
  const limited = { database, directory: index, work: "merge", fileBytes: largest + 120_000 } as const;
  for (const _again of [1, 2]) {
    const said = await new IndexingProcess(limited).rest();
    t.match(said.at(-1), /^failed SQLITE_(FULL|IOERR)/);
    const seq = await demandAsItSays(t, world);
    t.ok(seq > before, "what there was space for is in");
  }
  await demandWholeInTheEnd(t, world);
});
