/** What could be undone has had its time, and goes: merges, and records that were kept for an admin who knows better. */
import { forgetDevice } from "../privacy/forget.ts";
import { defineWrite } from "../store/store.ts";
import { endMerge, undoable } from "./merge.ts";

/** Merges, and records, that end in one transaction. */
export const endedAtOnce = 20;

export interface MergesPlace {
  readonly at: number;
  /** The last merge that was looked at; 0 at the beginning. */
  readonly after: number;
}

/** Ends merges behind a place that can be undone no longer, some of them; tells the last, null where none is left. */
export const endMerges = defineWrite({
  name: "end-merges",
  async run(transaction, { at, after }: MergesPlace, { current }): Promise<number | null> {
    const old = await transaction
      .selectFrom("merges")
      .select(["id", "device", "at"])
      .where("at", "<=", at - undoable)
      .where("id", ">", after)
      .orderBy("id")
      .limit(endedAtOnce)
      .execute();
    for (const each of old) await endMerge(transaction, each, at, current);
    return old.length === endedAtOnce ? (old.at(-1)?.id ?? null) : null;
  },
});

/** Forgets some records that nobody goes on for; tells how many. */
export const endRecords = defineWrite({
  name: "end-records",
  async run(transaction, at: number): Promise<number> {
    const over = await transaction
      .selectFrom("devices")
      .leftJoin("installations", "installations.device", "devices.ordinal")
      .select("devices.ordinal")
      .where("kept_until", "<=", at)
      .where("installations.ordinal", "is", null)
      .where("merge", "is", null)
      .limit(endedAtOnce)
      .execute();
    for (const { ordinal } of over) await forgetDevice(transaction, ordinal);
    return over.length;
  },
});
