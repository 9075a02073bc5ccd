/** When titles were seen, as it is told with them; and that those that somebody has are kept. */
import type { Kysely } from "kysely";
import { day } from "../milliseconds.ts";
import { titleHash } from "../records/title-hash.ts";
import type { CurrentReader } from "../store/current-values.ts";
import type { Schema } from "../store/schema.ts";
import { inScope, isOverAll, type Scope } from "../store/scope.ts";
import type { TitlePosition } from "../store/search-index.ts";
import { defineRead, defineWrite } from "../store/store.ts";

/** A title with devices that have it, by their ordinals. */
export interface HeldTitle extends TitlePosition {
  readonly holders: readonly number[];
}

export interface SeenTitle {
  /** null where it is not known, or not the caller's to know. */
  readonly firstSeenAt: number | null;
  readonly lastSeenAt: number | null;
}

/**
 * When each of these was seen: first and last in the fleet, for who may read all of it; else when one of its holders
 * in scope checked in last.
 */
export const titlesSeen = defineRead({
  name: "titles-seen",
  async run(database, scope, titles: readonly HeldTitle[], { current }): Promise<SeenTitle[]> {
    const noted = await notedOf(database, isOverAll(scope) ? titles.map(titleHash) : []);
    const holders = [...new Set(titles.flatMap((title) => title.holders))];
    const checkedIn = await checkIns(database, scope, holders, current);
    return titles.map((title): SeenTitle => {
      const row = noted.get(titleHash(title));
      const last = Math.max(row?.last_seen_at ?? 0, ...title.holders.map((each) => checkedIn.get(each) ?? 0));
      return { firstSeenAt: row?.first_seen_at ?? null, lastSeenAt: last > 0 ? last : null };
    });
  },
});

/** Values of one statement. */
const slice = 1_000;

async function notedOf(database: Kysely<Schema>, hashes: readonly number[]) {
  const found = new Map<number, { readonly first_seen_at: number; readonly last_seen_at: number }>();
  for (let from = 0; from < hashes.length; from += slice)
    for (const row of await database
      .selectFrom("titles")
      .select(["hash", "first_seen_at", "last_seen_at"])
      .where("hash", "in", hashes.slice(from, from + slice))
      .execute())
      found.set(row.hash, row);
  return found;
}

/** When these devices checked in last, those in scope. */
async function checkIns(
  database: Kysely<Schema>,
  scope: Scope,
  devices: readonly number[],
  current: CurrentReader,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  for (let from = 0; from < devices.length; from += slice)
    for (const row of await database
      .selectFrom("devices")
      .innerJoin("installations", "installations.device", "devices.ordinal")
      .select(["devices.ordinal", "devices.last_seen_at"])
      .select(["installations.ordinal as installation", "installations.counter"])
      .where("devices.ordinal", "in", devices.slice(from, from + slice))
      .where((builder) => inScope(builder, scope))
      .execute())
      found.set(row.ordinal, current.laterAt(row.installation, row.counter) ?? row.last_seen_at);
  return found;
}

/** Whether of some titles it is due to be found out that they are still there. */
export const titlesDue = defineRead({
  name: "titles-due",
  async run(database, scope, at: number): Promise<boolean> {
    if (!isOverAll(scope)) return false;
    const row = await database
      .selectFrom("titles")
      .select("id")
      .where("held_at", "<", at - day / 2)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  },
});

/** Titles that some device has stay: what is kept of them goes by when somebody had them last. */
export const keepTitles = defineWrite({
  name: "keep-titles",
  async run(
    transaction,
    { titles, at }: { readonly titles: readonly TitlePosition[]; readonly at: number },
  ): Promise<void> {
    await transaction
      .updateTable("titles")
      .set({ held_at: at })
      .where("hash", "in", titles.map(titleHash))
      .where("held_at", "<", at - day / 2)
      .execute();
  },
});
