/** The files of the request log: the present one, and those that were put aside by day and size until they are too old. */
import { readdirSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

export const isSameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b);

interface OldLog {
  readonly file: string;
  /** `2026-01-02` */
  readonly day: string;
  /** From 1, in the order in which those of one day were put aside. */
  readonly number: number;
}

/** What a file beside the present log at `path` is; null where it is none of its. */
function oldLog(path: string, file: string): OldLog | null {
  const name = basename(path, ".log");
  const [, day, number] = /^-(\d{4}-\d{2}-\d{2})(?:-(\d+))?\.log$/.exec(file.slice(name.length)) ?? [];
  return file.startsWith(name) && day !== undefined ? { file, day, number: Number(number ?? 1) } : null;
}

const inOrder = (a: OldLog, b: OldLog) => (a.day === b.day ? a.number - b.number : a.day < b.day ? -1 : 1);

/** Those put aside, the oldest first. */
function oldLogs(path: string, files: readonly string[]): readonly OldLog[] {
  return files.flatMap((file) => oldLog(path, file) ?? []).sort(inOrder);
}

/** The name for the log of the day of `at`: `requests-2026-01-02.log`, then `requests-2026-01-02-2.log`. Nothing has it. */
export function asideName(path: string, at: number): string {
  const day = dayOf(at);
  const last = oldLogs(path, readdirSync(dirname(path))).findLast((each) => each.day === day)?.number ?? 0;
  return path.replace(/\.log$/, `-${day}${last === 0 ? "" : `-${last + 1}`}.log`);
}

/** Removes the logs of days that ended before `before`; tells how many. */
export async function removeOldLogs(path: string, before: number): Promise<number> {
  const old = oldLogs(path, await readdir(dirname(path))).filter(({ day }) => day < dayOf(before));
  for (const { file } of old) await rm(join(dirname(path), file), { force: true });
  return old.length;
}
