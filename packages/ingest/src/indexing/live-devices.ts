/**
 * What is known of devices beside what they told, as the database has it when a question begins that depends on it: in
 * columns by ordinal, no object for each device.
 */
import { conditionsOf } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import type { Scope } from "../store/scope.ts";
import type { DeviceOrder, IndexQuery } from "../store/search-index.ts";
import { isChangedField } from "./changed-days.ts";
import type { LiveDevices } from "./conditions.ts";

/** Rows read at once. */
const page = 20_000;

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

export class LiveColumns implements LiveDevices {
  #seen = new Float64Array(1_024);
  #first = new Float64Array(1_024);
  #flags = new Uint8Array(1_024);
  /** Devices of installations, by the installation's ordinal; 0: none. */
  #devices = new Uint32Array(1_024);

  async read(database: Kysely<Schema>): Promise<void> {
    for (const column of [this.#seen, this.#first, this.#flags, this.#devices]) column.fill(0);
    for (let after = -1; ; ) {
      const rows = await database
        .selectFrom("devices")
        .innerJoin("installations", "installations.device", "devices.ordinal")
        .select(["devices.ordinal", "installations.ordinal as installation"])
        .select(["first_seen_at", "last_seen_at", "retired_at", "doubted_at"])
        .where("devices.ordinal", ">", after)
        .orderBy("devices.ordinal")
        .limit(page)
        .execute();
      for (const row of rows) {
        this.#makeRoom(Math.max(row.ordinal, row.installation));
        this.#seen[row.ordinal] = row.last_seen_at;
        this.#first[row.ordinal] = row.first_seen_at;
        this.#flags[row.ordinal] =
          (row.retired_at === null ? 0 : bits.retired) | (row.doubted_at === null ? 0 : bits["in-doubt"]);
        this.#devices[row.installation] = row.ordinal;
      }
      const last = rows.at(-1);
      if (!last || rows.length < page) return;
      after = last.ordinal;
    }
  }

  deviceOf(installation: number): number | null {
    return this.#devices[installation] || null;
  }

  seenAt(device: number): number {
    return this.#seen[device] ?? 0;
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
    const [flags, devices] = [new Uint8Array(length), new Uint32Array(length)];
    seen.set(this.#seen);
    first.set(this.#first);
    flags.set(this.#flags);
    devices.set(this.#devices);
    [this.#seen, this.#first, this.#flags, this.#devices] = [seen, first, flags, devices];
  }
}
