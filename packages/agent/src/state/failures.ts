/** What the agent could not do, counted in the state directory for section `diagnostics`; nothing else depends on it. */
import type { Failure } from "@rollcall/protocol";
import type { CountedFailure } from "../collecting/collector.ts";
import type { Instant } from "../schedule.ts";
import type { StateDirectory } from "./directory.ts";
import { failuresFile } from "./files.ts";

/** Older ones are forgotten, as the server forgets them. */
const days = 90;
const dayMilliseconds = 86_400_000;
const mostCounted = 1_000_000;

/** None where nothing was counted, or what was counted is lost. */
export function readFailures(directory: StateDirectory): readonly CountedFailure[] {
  try {
    return directory.read(failuresFile)?.failures ?? [];
  } catch {
    return [];
  }
}

/** Adds to the counts, by day (UTC). Writes nothing when there is nothing to add or forget. */
export function countFailures(directory: StateDirectory, failures: readonly Failure[], now: Instant): void {
  const day = Math.floor(now / dayMilliseconds);
  const { kept, lost } = stored(directory);
  const recent = kept.filter(({ lastDay }) => Math.abs(day - dayOf(lastDay)) <= days);
  const added: readonly Failure[] = lost ? [...failures, { of: "agent", reason: "count-lost" }] : failures;
  if (added.length === 0 && recent.length === kept.length) return;
  const counts = new Map(recent.map((each) => [keyOf(each), each]));
  for (const { of, reason } of added) {
    const count = Math.min((counts.get(keyOf({ of, reason }))?.count ?? 0) + 1, mostCounted);
    counts.set(keyOf({ of, reason }), {
      of,
      reason,
      count,
      lastDay: new Date(day * dayMilliseconds).toISOString(),
    });
  }
  directory.write(failuresFile, { failures: [...counts.values()].slice(-mostKept) });
}

const mostKept = 1_024;
const dayOf = (lastDay: string): number => Math.floor(Date.parse(lastDay) / dayMilliseconds);
const keyOf = ({ of, reason }: Failure): string => `${reason} ${of}`;

function stored(directory: StateDirectory): { kept: readonly CountedFailure[]; lost: boolean } {
  try {
    return { kept: directory.read(failuresFile)?.failures ?? [], lost: false };
  } catch {
    return { kept: [], lost: true };
  }
}
