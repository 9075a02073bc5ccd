/** What went wrong between this server and PostgreSQL, by what has to follow from it. */
import { RollcallError } from "@rollcall/protocol";
import { DatabaseError } from "pg";

/** Seconds after which a caller may ask again while the database is away. */
const retryAfterSeconds = 5;

/** SQLSTATE classes of a server that goes, comes, is full, or takes no more connections. */
const away = /^(08|53|57P|58)/;

/** Two transactions that cannot both have happened: the one that is told so may try again. */
const conflict = /^40(001|P01)$/;

export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && (conflict.test(error.code ?? "") || isOutdated(error));

/** A kept statement is of tables that another program has changed since; another one takes its place. */
export const isOutdated = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "0A000" && error.message.startsWith("cached plan");

/** A statement that took longer than its connection allows. */
export const isOverdue = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === "57014";

/** Whether nothing can be said of what was asked for: the connection is gone, and with it the answer. */
function isAway(error: unknown): boolean {
  if (error instanceof RollcallError || !(error instanceof Error)) return false;
  if (error instanceof DatabaseError) return away.test(error.code ?? "");
  // Of a name with several addresses none answered.
  if ("syscall" in error || error instanceof AggregateError) return true;
  // The client's own words; it has no codes for them.
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered|Client was closed|Query read timeout)/.test(
    error.message,
  );
}

/** The error as callers get it: where the database is away, that it is. Never tells its address. */
export function asCallersGetIt(error: unknown): unknown {
  if (isConflict(error)) return new RollcallError("busy", { retryAfterSeconds: 1 });
  return isAway(error) ? new RollcallError("not-ready", { retryAfterSeconds, cause: error }) : error;
}
