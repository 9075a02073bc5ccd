/** Request logs of earlier days: put aside by day, removed when they are old enough. */
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The name of the log of the day of `at`, beside the present one: `requests-2026-01-02.log`. */
export const logOfDay = (path: string, at: number): string => path.replace(/\.log$/, `-${dayOf(at)}.log`);

export const isSameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b);

/** Removes the logs of days that ended before `before`; tells how many. */
export async function removeOldLogs(path: string, before: number): Promise<number> {
  const name = basename(path, ".log");
  const old = (await readdir(dirname(path))).filter((file) => {
    const day = file.startsWith(`${name}-`) ? /-(\d{4}-\d{2}-\d{2})\.log$/.exec(file)?.[1] : undefined;
    return day !== undefined && day < dayOf(before);
  });
  for (const file of old) await rm(join(dirname(path), file), { force: true });
  return old.length;
}
