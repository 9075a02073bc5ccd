/** The mark that this process is looking at the machine; whoever has the lock leaves and removes it. */
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mark } from "../collecting/careful.ts";
import type { Milliseconds } from "../schedule.ts";
import type { StateDirectory } from "./directory.ts";

const markIn = (directory: string): string => join(directory, "looking");

/** In the place of the process's number. */
const settled = "settled";

/** It need not outlast a loss of power: nothing hung over the machine then. */
export function lookingMark({ path }: Pick<StateDirectory, "path">): Mark {
  const mark = markIn(path);
  return {
    isThere: () => statSync(mark, { throwIfNoEntry: false }) !== undefined,
    isAbandoned: () => contentOf(mark) !== settled && contentOf(mark) !== undefined,
    leave: () => writeFileSync(mark, String(process.pid), { mode: 0o600 }),
    settle: () => writeFileSync(mark, settled, { mode: 0o600 }),
    remove: () => rmSync(mark, { force: true }),
  };
}

function contentOf(mark: string): string | undefined {
  try {
    return readFileSync(mark, "utf8");
  } catch {
    return undefined;
  }
}

/** For how long a process has been looking, by the clock of the machine; 0 when it is not. */
export function lookingFor(directory: string, pid: number): Milliseconds {
  const mark = markIn(directory);
  try {
    return readFileSync(mark, "utf8") === String(pid) ? Date.now() - statSync(mark).mtimeMs : 0;
  } catch {
    return 0;
  }
}
