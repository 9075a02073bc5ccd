/**
 * What the items of one list have of the device's own, a column for each member, in the order of the document, in the
 * form that compresses best: flags as one text; instants as bursts, since what one run of a package manager installs
 * is of the same minutes; everything else as it is.
 */
import { z } from "zod";

const burstsSchema = z.strictObject({
  /** When each burst began: seconds since 1970, then since the one before. */
  bursts: z.array(z.int()),
  /** Of each item the number of its burst; null where it has no such member. */
  of: z.array(z.int().min(0).nullable()),
  /** Seconds from there on, of those items that have it. */
  after: z.array(z.int().min(0)),
});
type Bursts = z.infer<typeof burstsSchema>;

/** A text of `1`, `0` and `-`, instants, or values; null and `-` where an item has no such member. */
const columnSchema = z.union([z.string().regex(/^[01-]*$/), burstsSchema, z.array(z.unknown())]);
type Column = z.infer<typeof columnSchema>;

/** By name of the member. */
export const ownColumnsSchema = z.array(z.tuple([z.string(), columnSchema]));
export type OwnColumns = z.infer<typeof ownColumnsSchema>;

type Member = readonly [string, unknown];

export function columnsOf(items: readonly (readonly Member[])[]): OwnColumns {
  const columns = new Map<string, unknown[]>();
  for (const [at, members] of items.entries())
    for (const [name, value] of members) {
      const column = columns.get(name) ?? Array.from({ length: items.length }, () => undefined);
      columns.set(name, column);
      column[at] = value;
    }
  return [...columns].map(([name, values]) => [name, columnOf(values)]);
}

/** undefined: not there. */
function columnOf(values: readonly unknown[]): Column {
  const there = values.filter((value) => value !== undefined);
  if (there.every((value) => typeof value === "boolean"))
    return values.map((value) => (value === undefined ? "-" : value ? "1" : "0")).join("");
  const seconds = values.map(secondsOf);
  const isInstants = seconds.filter((value) => value !== null).length === there.length;
  return isInstants ? burstsOf(seconds) : values.map((value) => value ?? null);
}

/** Seconds since 1970 of an instant that is written without fractions; null for everything else. */
function secondsOf(value: unknown): number | null {
  if (typeof value !== "string" || value.length !== "2026-01-01T00:00:00Z".length) return null;
  const seconds = Date.parse(value) / 1_000;
  return Number.isInteger(seconds) && instantOf(seconds) === value ? seconds : null;
}

const instantOf = (seconds: number): string => `${new Date(seconds * 1_000).toISOString().slice(0, -5)}Z`;

/** A burst is over when it has lasted this long, in seconds. */
const longestBurst = 1_024;

function burstsOf(seconds: readonly (number | null)[]): Bursts {
  const begun = new Map<number, readonly [number: number, start: number]>();
  const starts: number[] = [];
  for (const each of Float64Array.from(seconds.filter((value) => value !== null)).sort()) {
    const [last] = starts.slice(-1);
    if (last === undefined || each - last >= longestBurst) starts.push(each);
    begun.set(each, [starts.length - 1, starts.at(-1) ?? each]);
  }
  const there = seconds.flatMap((each) => {
    const burst = each === null ? undefined : begun.get(each);
    return each === null || !burst ? [] : [each - burst[1]];
  });
  return {
    bursts: starts.map((start, at) => start - (starts[at - 1] ?? 0)),
    of: seconds.map((each) => (each === null ? null : (begun.get(each)?.[0] ?? null))),
    after: there,
  };
}

/** The members of each of `count` items. Throws where the columns are not those of so many. */
export function membersIn(columns: OwnColumns, count: number): readonly (readonly Member[])[] {
  const members = Array.from({ length: count }, (): Member[] => []);
  for (const [name, column] of columns) {
    const values = valuesIn(column);
    if (values.length !== count)
      throw new Error(`column ${name} is of ${values.length} items, not of ${count}`);
    for (const [at, value] of values.entries()) if (value !== undefined) members[at]?.push([name, value]);
  }
  return members;
}

function valuesIn(column: Column): readonly unknown[] {
  if (typeof column === "string")
    return Array.from(column, (each) => (each === "-" ? undefined : each === "1"));
  return Array.isArray(column) ? column.map((value) => value ?? undefined) : instantsIn(column);
}

function instantsIn({ bursts, of, after }: Bursts): readonly (string | undefined)[] {
  let [start, next] = [0, 0];
  const starts = bursts.map((distance) => {
    start += distance;
    return start;
  });
  return of.map((burst) => {
    if (burst === null) return undefined;
    const seconds = (starts[burst] ?? Number.NaN) + (after[next++] ?? Number.NaN);
    return instantOf(seconds);
  });
}
