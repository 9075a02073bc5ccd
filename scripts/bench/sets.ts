/**
 * Bench `sets`: questions about a fleet, in process: the index against plain SQL over normalised tables that have every
 * index these questions can use. Both are asked the same, in turns, and have to answer the same.
 */
import { join } from "node:path";
import SqliteDatabase, { type Database } from "better-sqlite3";
import type { LiveDevices } from "../../packages/ingest/src/indexing/conditions.ts";
import { IndexReader } from "../../packages/ingest/src/indexing/index-reader.ts";
import { IndexWriter } from "../../packages/ingest/src/indexing/index-writer.ts";
import type { Scope } from "../../packages/ingest/src/store/scope.ts";
import type { Bench, Compared } from "./bench.ts";
import { type BenchDevice, benchDevice, valuesOf } from "./sets-fleet.ts";
import { type Question, questions } from "./sets-questions.ts";
import { median, quantile } from "./statistics.ts";

const day = 86_400_000;
/** Devices merged, and rows written, at a time. */
const atOnce = 5_000;
const longest = 60_000;
const scope: Scope = { devices: { kind: "all" }, sensitive: true, purpose: "inventory" };

/** Of each device in a hundred one was last seen 40 days before the others. */
const live: LiveDevices = {
  deviceOf: (installation) => installation,
  seenAt: (device) => (device % 100 === 0 ? 0 : 40 * day),
  firstSeenAt: () => 0,
  has: () => false,
};

export const sets: Bench = {
  name: "sets",
  measures: "sum of the medians of questions about sets of devices, against plain SQL",
  unit: "ms",
  better: "lower",
  defaults: { devices: 20_000, seconds: 40 },
  async run({ devices, seconds, directory, note, atEnd }) {
    const index = join(directory, "index");
    const tables = openTables(join(directory, "tables.db"));
    atEnd(() => void tables.close());
    fill(index, tables, devices, note);
    const reader = new IndexReader(index, live, longest);
    atEnd(() => reader.close());
    const share = (seconds * 1_000) / questions.length;
    const found: [Question, number[], number[]][] = [];
    for (const question of questions) {
      const sides = {
        ours: () => timed(() => question.ask(reader, scope)),
        theirs: () => timed(async () => question.sql(tables)),
      };
      const [mine, plain] = [await sides.ours(), await sides.theirs()];
      if (JSON.stringify(mine.answer) !== JSON.stringify(plain.answer))
        throw new Error(
          `${question.name}: ${JSON.stringify(mine.answer).slice(0, 200)}, not ${JSON.stringify(plain.answer).slice(0, 200)}`,
        );
      const { ours, theirs } = await samplesOf(sides, plain.ms, performance.now() + share);
      note(`${question.name}: ${median(ours).toFixed(2)} ms, SQL ${median(theirs).toFixed(2)} ms`);
      found.push([question, ours, theirs]);
    }
    const sum = (side: 1 | 2) => found.reduce((sofar, each) => sofar + median(each[side]), 0);
    return {
      ours: [sum(1)],
      baseline: { name: "plain SQL", values: [sum(2)] },
      figures: Object.fromEntries(found.flatMap(figuresOf)),
    };
  },
};

type Sides = Readonly<Record<"ours" | "theirs", () => Promise<{ readonly ms: number }>>>;

/** Of ours in each turn, for one of the baseline: what one in a hundred takes needs more of them. */
const oursInTurn = 20;
const longestTurn = 2_000;

/** What takes the baseline longer is not asked of it again: its answer that was compared is its sample. */
const longestAgain = 5_000;

/** Turns until the time is over, one at least. */
async function samplesOf(
  sides: Sides,
  firstOfTheirs: number,
  end: number,
): Promise<{ ours: number[]; theirs: number[] }> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  do {
    const turnEnds = performance.now() + longestTurn;
    for (let each = 0; each < oursInTurn && performance.now() < turnEnds; each++)
      ours.push((await sides.ours()).ms);
    if (firstOfTheirs > longestAgain) theirs.push(firstOfTheirs);
    else theirs.push((await sides.theirs()).ms);
  } while (performance.now() < end);
  return { ours, theirs };
}

const figuresOf = ([{ name }, ours, theirs]: [Question, number[], number[]]): [string, Compared][] => {
  const of = (part: number): Compared => ({
    unit: "ms",
    better: "lower",
    ours: [quantile(ours, part)],
    baseline: { name: "plain SQL", values: [quantile(theirs, part)] },
  });
  return [
    [`${name}, p50 ms`, of(0.5)],
    [`${name}, p99 ms`, of(0.99)],
  ];
};

async function timed(ask: () => Promise<unknown>): Promise<{ ms: number; answer: unknown }> {
  const start = performance.now();
  const answer = await ask();
  return { ms: performance.now() - start, answer };
}

function openTables(file: string): Database {
  const tables = new SqliteDatabase(file);
  tables.exec(`
    pragma journal_mode = off; pragma synchronous = off;
    create table devices (
      ordinal integer primary key, host text not null, model text not null, os text not null,
      memory integer not null, seen integer not null
    );
    create table titles (id integer primary key, name text not null, version text not null, unique (name, version));
    create table installed (device integer not null, title integer not null, primary key (device, title)) without rowid;
  `);
  return tables;
}

function fill(index: string, tables: Database, devices: number, note: (text: string) => void): void {
  const writer = new IndexWriter(index);
  const rows = rowsOf(tables);
  const start = performance.now();
  let merging = 0;
  for (let from = 1; from <= devices; from += atOnce) {
    const ordinals = Array.from({ length: Math.min(atOnce, devices - from + 1) }, (_, each) => from + each);
    const made = ordinals.map((ordinal) => ({ ordinal, device: benchDevice(ordinal) }));
    const changes = made.map(({ ordinal, device }) => ({
      ordinal,
      device: { sortName: device.host, values: valuesOf(device) },
    }));
    const merge = performance.now();
    writer.merge(changes, []);
    merging += performance.now() - merge;
    tables.transaction(() => {
      for (const { ordinal, device } of made) rows.add(ordinal, device);
    })();
    if (from % (10 * atOnce) === 1) note(`${from + ordinals.length - 1} of ${devices} devices`);
  }
  writer.close();
  addIndexes(tables);
  const each = (milliseconds: number): string => `${(milliseconds / devices).toFixed(2)} ms a device`;
  note(`merges took ${each(merging)}, all of the filling ${each(performance.now() - start)}`);
}

/** Every table in the order of its key, which is how it is filled fastest. */
function rowsOf(tables: Database) {
  const addDevice = tables.prepare("insert into devices values (?, ?, ?, ?, ?, ?)");
  const addTitle = tables.prepare("insert into titles values (?, ?, ?)");
  const addInstalled = tables.prepare("insert into installed select ?, value from json_each(?)");
  const known = new Set<number>();
  return {
    add(ordinal: number, { host, model, os, memory, packages }: BenchDevice): void {
      addDevice.run(ordinal, host, model, os, memory, live.seenAt(ordinal));
      addInstalled.run(ordinal, `[${packages.map(({ number }) => number).join()}]`);
      for (const { number, name, version } of packages) {
        if (known.has(number)) continue;
        known.add(number);
        addTitle.run(number, name, version);
      }
    },
  };
}

function addIndexes(tables: Database): void {
  tables.exec(`
    create index installed_by_title on installed (title, device);
    create index devices_by_host on devices (host); create index devices_by_model on devices (model);
    create index devices_by_os on devices (os); create index devices_by_memory on devices (memory);
    create index devices_by_seen on devices (seen);
    analyze;
  `);
}
