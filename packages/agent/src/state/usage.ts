/** What the agent used today: bytes on the wire and seconds of processor. */
import type { Instant } from "../schedule.ts";
import type { StateDirectory } from "./directory.ts";
import { type Usage, usageFile } from "./files.ts";

/** Today's usage; none before the first of the day (UTC). */
export function usageToday(directory: StateDirectory, now: Instant): Usage {
  const day = new Date(now).toISOString().slice(0, 10);
  const stored = directory.read(usageFile);
  return stored?.day === day ? stored : { day, bytes: 0, cpuSeconds: 0 };
}

export function addUsage(
  directory: StateDirectory,
  now: Instant,
  { bytes, cpuSeconds }: Pick<Usage, "bytes" | "cpuSeconds">,
): void {
  const today = usageToday(directory, now);
  directory.write(usageFile, {
    ...today,
    bytes: today.bytes + bytes,
    cpuSeconds: Math.round((today.cpuSeconds + cpuSeconds) * 1_000) / 1_000,
  });
}
