/** What an admin should know of a device besides what it tells of itself: copies, merges, and what it may be the same as. */
import type { Kysely } from "kysely";
import { checkedInAt, checkedInColumns } from "../check-ins/checked-in.ts";
import { hint, hintOf, withHints } from "../records/hints.ts";
import { isoTime } from "../store/columns.ts";
import type { CurrentReader } from "../store/current-values.ts";
import type { Schema } from "../store/schema.ts";
import { deviceInScope, type Scope } from "../store/scope.ts";
import { mostAlike } from "./alike.ts";
import { undoable } from "./merge.ts";
import type { Note } from "./note.ts";

export async function notesOn(
  database: Kysely<Schema>,
  scope: Scope,
  device: number,
  current: CurrentReader,
): Promise<Note[]> {
  return [
    ...(await provisional(database, scope, device)),
    ...(await copied(database, scope, device)),
    ...(await merged(database, scope, device, current)),
  ];
}

async function provisional(database: Kysely<Schema>, scope: Scope, device: number): Promise<Note[]> {
  const rows = await database
    .selectFrom("installations as successor")
    .innerJoin("installations as before", "before.ordinal", "successor.succeeds")
    .innerJoin("devices", "devices.ordinal", "before.device")
    .select("devices.id")
    .where("successor.device", "=", device)
    .where((builder) => deviceInScope(builder, scope))
    .execute();
  return rows.map(({ id }) => ({ kind: "provisional", from: id }));
}

async function copied(database: Kysely<Schema>, scope: Scope, device: number): Promise<Note[]> {
  const notes = await database
    .selectFrom("device_notes")
    .select(["about", "at"])
    .where("device", "=", device)
    .where("kind", "=", "copied")
    .orderBy("at")
    .execute();
  return Promise.all(
    notes.map(async ({ about, at }) => {
      const from = await database
        .selectFrom("devices")
        .select("id")
        .where("ordinal", "=", about)
        .where((builder) => deviceInScope(builder, scope))
        .executeTakeFirst();
      const others = await database
        .selectFrom("device_notes")
        .innerJoin("devices", "devices.ordinal", "device_notes.device")
        .select("devices.id")
        .where("about", "=", about)
        .where("device", "!=", device)
        .where((builder) => deviceInScope(builder, scope))
        .orderBy("devices.ordinal")
        .execute();
      return { kind: "copied", at: isoTime(at), from: from?.id ?? null, others: others.map(({ id }) => id) };
    }),
  );
}

async function merged(
  database: Kysely<Schema>,
  scope: Scope,
  device: number,
  current: CurrentReader,
): Promise<Note[]> {
  const merges = await database
    .selectFrom("merges")
    .select(["id", "at", "by"])
    .where("device", "=", device)
    .orderBy("id")
    .execute();
  return Promise.all(
    merges.map(async ({ id: merge, at, by }) => {
      const rows = await database
        .selectFrom("devices")
        .leftJoin("installations", "installations.device", "devices.ordinal")
        .select(["devices.id", ...checkedInColumns])
        .where("merge", "=", merge)
        .where((builder) => deviceInScope(builder, scope))
        .orderBy("devices.ordinal")
        .execute();
      return {
        kind: "merged",
        at: isoTime(at),
        by,
        with: rows.map(({ id }) => id),
        living: rows.flatMap((row) => ((checkedInAt(row, current) ?? 0) > at ? [row.id] : [])),
        undoUntil: isoTime(at + undoable),
      };
    }),
  );
}

/** Ids of devices in scope with the same hardware hint; none when too many have it for it to mean anything. */
export async function possibleDuplicatesOf(
  database: Kysely<Schema>,
  scope: Scope,
  { device, installation }: { readonly device: number; readonly installation: number },
): Promise<string[]> {
  const own = await hintOf(database, installation);
  if (own === null) return [];
  const rows = await withHints(database, scope)
    .select(["devices.id", "devices.ordinal"])
    .where(hint, "=", own)
    .orderBy("devices.ordinal")
    .limit(mostAlike + 1)
    .execute();
  if (rows.length > mostAlike) return [];
  return rows.flatMap(({ id, ordinal }) => (ordinal === device ? [] : [id]));
}
