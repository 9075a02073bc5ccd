/** When the machine started and was shut down: records of utmp(5), or wtmpdb's table where these are no more. */
import { present } from "../collecting/collector.ts";
import type { SqliteRow } from "./sqlite-row.ts";
import type { StartRecord } from "./utmp.ts";

export interface Boot {
  /** Milliseconds since 1970, both. */
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** Clocks that nobody had set yet say so. */
const earliest = Date.UTC(2005, 0, 1);

/** Starts in their order, each with the shutdown that came before the next. */
export function bootsOf(records: readonly StartRecord[]): Boot[] {
  const boots: Boot[] = [];
  for (const { kind, at } of records) {
    const last = boots.at(-1);
    if (kind === "start") boots.push({ startedAt: at });
    else if (last && last.endedAt === undefined && at >= last.startedAt)
      boots[boots.length - 1] = { ...last, endedAt: at };
  }
  return boots.filter(({ startedAt }) => startedAt >= earliest);
}

const bootType = 1;

/** A row of table `wtmp` (wtmpdb's lib/wtmpdb.c), times in microseconds; undefined for what is no start. */
export function bootOfRow(row: SqliteRow): Boot | undefined {
  const microseconds = row.integer("login");
  if (row.integer("type") !== bootType || microseconds === undefined) return undefined;
  const end = row.integer("logout");
  const startedAt = Math.floor(microseconds / 1_000);
  if (startedAt < earliest) return undefined;
  return present({ startedAt, endedAt: end === undefined ? undefined : Math.floor(end / 1_000) });
}

export interface ToldBoot {
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly ending?: "shutdown" | "unclean";
}

/**
 * The last so many. One without an end, before another, crashed or lost power; the last is still running. Where no
 * shutdown was ever written down nobody can tell.
 */
export function toldBoots(boots: readonly Boot[], most: number): ToldBoot[] {
  const sorted = boots.toSorted((one, other) => one.startedAt - other.startedAt);
  const knowsShutdowns = sorted.some(({ endedAt }) => endedAt !== undefined);
  return sorted
    .map(({ startedAt, endedAt }, at) => {
      const isLast = at === sorted.length - 1;
      const unclean = isLast || !knowsShutdowns ? undefined : ("unclean" as const);
      return present({
        startedAt: new Date(startedAt).toISOString(),
        endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
        ending: endedAt === undefined ? unclean : ("shutdown" as const),
      });
    })
    .slice(-most);
}
