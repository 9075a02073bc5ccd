/**
 * What is known of devices beside what they told, as the database has it when a question begins that depends on it: in
 * columns by ordinal, no object for each device. Read once as a whole, then of those devices alone that moved.
 */
import { conditionsOf } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { type CurrentReader, nothingCurrent } from "../store/current-values.ts";
import type { MovedDevices } from "../store/moved-devices.ts";
import type { Schema } from "../store/schema.ts";
import type { Scope } from "../store/scope.ts";
import type { DeviceOrder, IndexQuery } from "../store/search-index.ts";
import { isChangedField } from "./changed-days.ts";
import type { LiveDevices } from "./conditions.ts";

/** Rows read at once. */
const page = 20_000;
/** Of those that moved. */
const namedAtOnce = 500;
/** Where more moved, all are read. */
const mostMoved = 20_000;

const bits = { retired: 1, "in-doubt": 2 } as const;

/** Whether an answer depends on more than the index has. */
export function needsLive(scope: Scope, query: IndexQuery, order?: DeviceOrder): boolean {
  return (
    order?.by === "lastSeenAt" ||
    scope.devices.kind === "installation" ||
    conditionsOf(query).some((condition) =>
      condition.kind === "time" ? !isChangedField(condition.field) : condition.kind === "flag",
    )
  );
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];

/** Devices beyond an ordinal, as many as are read at once; with `named` those of them alone. */
function rowsOf(database: Kysely<Schema>, after: number, named: readonly number[] | null) {
  return database
    .selectFrom("devices")
    .innerJoin("installations", "installations.device", "devices.ordinal")
    .select(["devices.ordinal", "installations.ordinal as installation"])
    .select(["first_seen_at", "last_seen_at", "retired_at", "doubted_at", "counter"])
    .where("devices.ordinal", ">", after)
    .$if(named !== null, (query) => query.where("devices.ordinal", "in", named ?? []))
    .orderBy("devices.ordinal")
    .limit(page)
    .execute();
}

export class LiveColumns implements LiveDevices {
  readonly #moved: MovedDevices | null;
  readonly #current: CurrentReader;
  /** Whether all was read once, so that only what moved since has to be. */
  #isWhole = false;
  /** By the row, which has the check-in of this counter. */
  #seen = new Float64Array(1_024);
  #counters = new Float64Array(1_024);
  #first = new Float64Array(1_024);
  #flags = new Uint8Array(1_024);
  /** Devices of installations, by the installation's ordinal; 0: none. */
  #devices = new Uint32Array(1_024);
  /** The other way round. */
  #installations = new Uint32Array(1_024);

  /** `moved`: which devices changed since they were read; without, all are read each time. */
  constructor(moved: MovedDevices | null, current: CurrentReader = nothingCurrent) {
    this.#moved = moved;
    this.#current = current;
  }

  /** Brings it up to what is committed. Tells how many devices were read. */
  async read(database: Kysely<Schema>): Promise<number> {
    // First, for what moves while it is read has to be read again.
    const moved = this.#moved?.take() ?? null;
    const isPart = this.#isWhole && moved !== null && moved.length <= mostMoved;
    this.#isWhole = false;
    const count = isPart ? await this.#readMoved(database, moved) : await this.#readAll(database);
    this.#isWhole = true;
    return count;
  }

  async #readMoved(database: Kysely<Schema>, moved: readonly number[]): Promise<number> {
    let count = 0;
    for (let from = 0; from < moved.length; from += namedAtOnce) {
      const named = moved.slice(from, from + namedAtOnce);
      const rows = await rowsOf(database, -1, named);
      for (const device of named) this.#clear(device);
      for (const row of rows) this.#set(row);
      count += rows.length;
    }
    return count;
  }

  async #readAll(database: Kysely<Schema>): Promise<number> {
    for (const column of [this.#seen, this.#first, this.#flags, this.#devices, this.#installations])
      column.fill(0);
    let count = 0;
    for (let after = -1; ; ) {
      const rows = await rowsOf(database, after, null);
      for (const row of rows) this.#set(row);
      count += rows.length;
      const last = rows.at(-1);
      if (!last || rows.length < page) return count;
      after = last.ordinal;
    }
  }

  #set(row: Row): void {
    this.#makeRoom(Math.max(row.ordinal, row.installation));
    this.#seen[row.ordinal] = row.last_seen_at;
    this.#counters[row.ordinal] = row.counter;
    this.#first[row.ordinal] = row.first_seen_at;
    this.#flags[row.ordinal] =
      (row.retired_at === null ? 0 : bits.retired) | (row.doubted_at === null ? 0 : bits["in-doubt"]);
    this.#devices[row.installation] = row.ordinal;
    this.#installations[row.ordinal] = row.installation;
  }

  #clear(device: number): void {
    if (device >= this.#seen.length) return;
    const installation = this.#installations[device] ?? 0;
    // Another device may have it by now.
    if (this.#devices[installation] === device) this.#devices[installation] = 0;
    for (const column of [this.#seen, this.#first, this.#flags, this.#installations]) column[device] = 0;
  }

  deviceOf(installation: number): number | null {
    return this.#devices[installation] || null;
  }

  seenAt(device: number): number {
    const later = this.#current.laterAt(this.#installations[device] ?? 0, this.#counters[device] ?? 0);
    return later ?? this.#seen[device] ?? 0;
  }

  firstSeenAt(device: number): number {
    return this.#first[device] ?? 0;
  }

  has(device: number, flag: keyof typeof bits): boolean {
    return ((this.#flags[device] ?? 0) & bits[flag]) !== 0;
  }

  #makeRoom(ordinal: number): void {
    if (ordinal < this.#seen.length) return;
    const length = Math.max(2 * this.#seen.length, ordinal + 1);
    const [seen, first] = [new Float64Array(length), new Float64Array(length)];
    const counters = new Float64Array(length);
    const [flags, devices] = [new Uint8Array(length), new Uint32Array(length)];
    const installations = new Uint32Array(length);
    seen.set(this.#seen);
    first.set(this.#first);
    flags.set(this.#flags);
    devices.set(this.#devices);
    installations.set(this.#installations);
    counters.set(this.#counters);
    [this.#seen, this.#first, this.#flags, this.#counters] = [seen, first, flags, counters];
    [this.#devices, this.#installations] = [devices, installations];
  }
}
