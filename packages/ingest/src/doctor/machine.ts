/** The machine below the server: its Node, its disk, its clock. */
import { existsSync, statfsSync, statSync } from "node:fs";
import { isoTime } from "../store/columns.ts";
import { pathsIn } from "../store/data-directory.ts";
import { type Finding, fail, ok, type Patient, warn } from "./finding.ts";

/** As package.json asks for it: zstd with dictionaries. */
const leastNode = [24, 6] as const;

export function examineNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  return isEnough
    ? ok("node", `Node ${version}`)
    : fail("node", `Node ${version} is too old`, `run it with Node ${leastNode.join(".")} or newer`);
}

const MiB = 2 ** 20;
const GiB = 2 ** 30;

export const readable = (bytes: number) =>
  bytes >= GiB ? `${(bytes / GiB).toFixed(1)} GiB` : `${Math.ceil(bytes / MiB)} MiB`;

/** @param free bytes that this account can still write there */
export function examineDisk({ directory }: Patient, free = freeIn(directory)): Finding {
  const { database } = pathsIn(directory);
  const size = statSync(database, { throwIfNoEntry: false })?.size ?? 0;
  const found = `${readable(free)} free, the database has ${readable(size)}`;
  const todo = "make room, or move the directory to a larger disk";
  if (free < 256 * MiB) return fail("disk", found, `${todo}; without room nothing is acknowledged any more`);
  if (free < Math.max(GiB, size))
    return warn("disk", found, `${todo}; a backup needs as much as the database has, for its copy`);
  return ok("disk", found);
}

function freeIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** What a clock may be behind what was recorded, milliseconds. */
const tolerance = 60_000;

/** No other clock is asked: it cannot be earlier than what was recorded by it. */
export function examineClock({ directory, now }: Patient): Finding {
  const { database, requestLog, ledger } = pathsIn(directory);
  const recorded = [database, `${database}-wal`, requestLog, ledger]
    .filter((path) => existsSync(path))
    .map((path) => ({ path, at: statSync(path).mtimeMs }));
  const latest = recorded.reduce((a, b) => (b.at > a.at ? b : a), { path: directory, at: 0 });
  return latest.at - now <= tolerance
    ? ok("clock", `${isoTime(now)}, not before anything that was recorded here (no other clock is asked)`)
    : fail(
        "clock",
        `${isoTime(now)}, but ${latest.path} was written at ${isoTime(Math.round(latest.at))}`,
        "set the machine's clock, best by NTP: retention, sessions and certificates go by it",
      );
}
