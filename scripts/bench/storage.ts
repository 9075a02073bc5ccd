/**
 * `bench storage`: what a device takes on the disk, its index included, when it has told everything, and after a month
 * in which two of its packages change each day; against the same packages as rows with the two indexes that questions
 * need. Items, which the fleet shares, stand beside it. Pages in use are counted, not files: what was deleted is used
 * again. The request log is not counted, which keeps days, not devices.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { z } from "zod";
import { day } from "../../packages/ingest/src/milliseconds.ts";
import { pathsIn } from "../../packages/ingest/src/store/data-directory.ts";
import { Inventory } from "../../packages/ingest/src/testing/inventory-questions.ts";
import { TestServer } from "../../packages/ingest/src/testing/test-server.ts";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import { BareRows } from "./bare-rows.ts";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { inTurns } from "./in-turns.ts";
import { rowsAt } from "./told-inventory.ts";

const days = 30;
/** Devices that live through the month, at most: each takes the same. */
const living = 40;
/** Devices that are busy at the same time. */
const atOnce = 32;

export const storage: Bench = {
  name: "storage",
  measures: "bytes a device with everything but the items that the fleet shares",
  unit: "bytes",
  better: "lower",
  defaults: { devices: 1_000, seconds: 1 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { devices, directory, note, atEnd } = surroundings;
  const data = join(directory, "data");
  const server = await TestServer.start(data);
  atEnd(() => server.stop());
  const line = new Line(server.url, atOnce);
  atEnd(() => line.close());
  const enrolment = await server.enrolment({ uses: devices, perHour: devices });
  const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line, size: devices });
  const all = Array.from({ length: devices }, (_, device) => device);
  const indexed = () => new Inventory(server).devices({ limit: 1 });

  const half = all.slice(0, devices >> 1);
  await inTurns(half, atOnce, (device) => appear(swarm, device));
  await indexed();
  const early = usedBy(data);
  await inTurns(all.slice(half.length), atOnce, (device) => appear(swarm, device));
  await indexed();
  const first = usedBy(data);
  note(`${devices} devices have told everything`);

  const month = all.slice(0, living);
  for (let age = 1; age <= days; age++) {
    server.ahead += day;
    await inTurns(month, atOnce, async (device) => {
      await swarm.newSession(device);
      await swarm.checkIn(device);
      await swarm.tell(device, age);
    });
  }
  await indexed();
  const later = usedBy(data);
  note(`${month.length} of them have lived through ${days} days`);

  const rows = await usedByRows(surroundings, swarm, all);
  const grown = perDevice(first, later, month.length);
  return {
    ours: [first.bytes / devices],
    baseline: { name: "rows with two indexes", values: [rows / devices] },
    figures: {
      itemBytes: plain("bytes an item", first.itemBytes / Math.max(1, first.items), "goal", 200),
      items: plain("items", first.items, "devices", devices),
      oneMoreDeviceBytes: plain("bytes", perDevice(early, first, devices - half.length), "goal", 5_000),
      truthBytes: plain("bytes a device", first.truth / devices, "goal of all", 5_000),
      indexBytes: plain("bytes a device", (first.bytes - first.truth) / devices, "goal of all", 5_000),
      monthBytes: plain("bytes a device", grown, "goal", 2_000),
      afterMonthBytes: plain("bytes a device", first.bytes / devices + grown, "goal", 7_000),
    },
  };
}

async function appear(swarm: Swarm, device: number): Promise<void> {
  await swarm.enrol(device);
  await swarm.checkIn(device);
  await swarm.tell(device, 0);
}

function plain(unit: string, ours: number, name: string, value: number): Compared {
  return { unit, better: "lower", ours: [ours], baseline: { name, values: [value] } };
}

interface Used {
  /** Of truth and index, without items. */
  readonly bytes: number;
  readonly truth: number;
  readonly itemBytes: number;
  readonly items: number;
}

const perDevice = (before: Used, after: Used, devices: number): number =>
  (after.bytes - before.bytes) / devices;

function usedBy(data: string): Used {
  const { database, index } = pathsIn(data);
  const items = bytesOf(database, "items");
  const truth = bytesOf(database) - items;
  const parts = existsSync(index) ? readdirSync(index).filter((name) => name.endsWith(".db")) : [];
  const bytes = parts.reduce((sum, part) => sum + bytesOf(join(index, part)), truth);
  return { bytes, truth, itemBytes: items, items: countOf(database, "items") };
}

/** Of the pages in use, or of those of one table and its indexes. */
function bytesOf(file: string, table?: string): number {
  return asked(
    file,
    `select coalesce(sum(pgsize), 0) from dbstat
     where ? is null or name in (select name from sqlite_schema where tbl_name = ?)`,
    [table ?? null, table ?? null],
  );
}

const countOf = (file: string, table: string): number => asked(file, `select count(*) from ${table}`, []);

function asked(file: string, statement: string, values: readonly (string | null)[]): number {
  const database = new SqliteDatabase(file, { readonly: true });
  try {
    return z.number().parse(database.prepare(statement).pluck().get(values));
  } finally {
    database.close();
  }
}

async function usedByRows(surroundings: Surroundings, swarm: Swarm, all: readonly number[]): Promise<number> {
  const rows = new BareRows(surroundings);
  await rows.keep(
    "first",
    all.map((device) => ({ device, rows: rowsAt(swarm, device) })),
  );
  return bytesOf(rows.file);
}
