/**
 * Notes in tables of the writing connection alone whose rows its statements change, and who is gone: by triggers, so
 * that no statement can forget to, and nothing that is rolled back is in it.
 */
import type { Database } from "better-sqlite3";
import { noteRows } from "./log.ts";
import { everyInstallation } from "./row-versions.ts";

/** By table: of whose installation a row is, in the words of `foundBy`. */
const changedBy = {
  installations: { columns: null, devices: (row: string) => `select ${row}.ordinal` },
  countries: { columns: null, devices: (row: string) => `select ${row}.installation` },
  applications: { columns: null, devices: () => `select ${everyInstallation}` },
} as const;

export interface ChangedInstallations {
  readonly changed: readonly number[];
  /** Those of them that are not there any more. */
  readonly gone: readonly number[];
}

/** Tells what changed since it told last. */
export function noteInstallations(database: Database): () => ChangedInstallations {
  const takeChanged = noteRows(database, "changed", changedBy);
  const isThere = database.prepare<[number], number>("select 1 from installations where ordinal = ?").pluck();
  const isGone = (ordinal: number) => ordinal !== everyInstallation && isThere.get(ordinal) === undefined;
  return () => {
    const changed = takeChanged();
    return { changed, gone: changed.filter(isGone) };
  };
}
