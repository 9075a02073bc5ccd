/**
 * What a collector looked at and how it stood, so that the next run can tell whether to look again: a database that
 * has not changed is not parsed twice. Only where files on a disk are all that was asked: the kernel's own files have
 * no times, and programs and system calls answer as they like.
 */
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";

/** Entries, each a path with a sign before it: `=` what stands there, `@` the link itself. */
export interface Seen {
  readonly entries: readonly string[];
  /** Digest of how they stood. */
  readonly stood: string;
}

/** More than these are not worth remembering. */
export const mostEntries = 8_192;

/** A file changed twice within this time may show the same times both times (FAT counts in two seconds). */
const settledMilliseconds = 2_000;

/** Files of the kernel that say one thing from its start to its end; they stand for what they say. */
const constantFiles: ReadonlySet<string> = new Set(["/proc/sys/kernel/osrelease"]);

const volatileFolders = /^\/(?:proc|sys|dev)(?:\/|$)/;

export class Watch {
  readonly #stood = new Map<string, string>();
  readonly #now: () => number;
  #isLost = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes down how an entry stands; called before it is read, so that a change in between shows as one. */
  about(path: string, isLink: boolean): void {
    if (this.#isLost) return;
    const entry = `${isLink ? "@" : "="}${path}`;
    if (this.#stood.has(entry)) return;
    const isVolatile = volatileFolders.test(path) && !constantFiles.has(path);
    const stands = isVolatile ? undefined : standingOf(entry, this.#now());
    if (stands === undefined || this.#stood.size >= mostEntries) this.lose();
    else this.#stood.set(entry, stands);
  }

  /** What was found does not hang on files alone. */
  lose(): void {
    this.#isLost = true;
    this.#stood.clear();
  }

  seen(): Seen | null {
    if (this.#isLost || this.#stood.size === 0) return null;
    return { entries: [...this.#stood.keys()], stood: digestOf(this.#stood.values()) };
  }
}

/** Whether everything stands as it did, and what was made of it would be the same. */
export function standsAsSeen({ entries, stood }: Seen, now: number): boolean {
  const standing: string[] = [];
  for (const entry of entries) {
    const stands = standingOf(entry, now);
    if (stands === undefined) return false;
    standing.push(stands);
  }
  return digestOf(standing) === stood;
}

/** Undefined where it cannot be told, or changed just now. */
function standingOf(entry: string, now: number): string | undefined {
  try {
    if (constantFiles.has(entry.slice(1))) return readFileSync(entry.slice(1), "utf8");
    const stat = entry.startsWith("@") ? lstatSync : statSync;
    const facts: Stats | undefined = stat(entry.slice(1), { throwIfNoEntry: false });
    if (!facts) return "-";
    const { dev, ino, size, mtimeMs, ctimeMs } = facts;
    // A clock that was set back would leave a change unseen until then: such a file is read anew each time.
    const isSettled = now - Math.max(mtimeMs, ctimeMs) > settledMilliseconds;
    return isSettled ? `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}` : undefined;
  } catch (error) {
    // A link that leads nowhere, or below something that is no folder.
    return Reflect.get(Object(error), "code") === "ENOTDIR" ? "-" : undefined;
  }
}

function digestOf(parts: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\n");
  return hash.digest("base64url");
}
