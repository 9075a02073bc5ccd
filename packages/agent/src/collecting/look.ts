/**
 * The one door to the machine's files: every path goes through one root and, below another machine's root, is
 * resolved component by component inside it, so that no link leads out. Reads regular files only, and never
 * waits for a pipe or a device.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";
import { join, posix } from "node:path";
import type { Dialogue, Look, PartlyRead, Printed, RunLimits, Standing } from "./collector.ts";
import type { printedBy } from "./printed-by.ts";
import { type Seen, Watch } from "./seen.ts";

const MiB = 2 ** 20;
const chunkBytes = 64 * 1024;

/** Links on the way to one file at most, as the kernel has it (path_resolution(7)). */
const mostLinks = 40;
const mostNotes = 32;
const longestNote = 300;

/** The entry is not there, or the kernel has no value for it: sysfs answers so where an attribute does not apply. */
const missing: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "EINVAL",
  "ENODATA",
  "ENODEV",
  "ENXIO",
  "EOPNOTSUPP",
]);
const denied: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

/** A path that may not be read: not regular, too large, or leading in circles. */
class NotReadable extends Error {}

/** A look with what came of it. */
export interface WatchedLook extends Look {
  /** Whether the system refused any look. */
  readonly wasDenied: boolean;
  readonly notes: readonly string[];
  /** How everything stood that was looked at; null where another look could find something else all the same. */
  seen(): Seen | null;
}

/** By program, arguments and limits what it printed. */
export type Ran = Map<string, ReturnType<typeof printedBy>>;

export type Recorded = (program: string, args: readonly string[]) => string | undefined;

interface LookOptions {
  /** The machine's root directory; null: the running system's own. */
  readonly root: string | null;
  /** Paths that may be looked at, each with what lies below it. */
  readonly reads: readonly string[];
  /** Programs that may be run. */
  readonly programs?: readonly string[] | undefined;
  /** What `~` stands for, below the root. */
  readonly home?: string | undefined;
  /** What was printed to other sections of the same task. */
  readonly ran?: Ran | undefined;
  /** What another machine's programs printed, where that was recorded. */
  readonly recorded?: Recorded | undefined;
  /** Services that may be heard, as ADDRESS:PORT. */
  readonly connects?: readonly string[] | undefined;
  /** Milliseconds since 1970; the machine's clock unless said. */
  readonly now?: () => number;
}

export function openLook({
  root,
  reads,
  programs = [],
  connects = [],
  ran = new Map(),
  home,
  recorded,
  now = Date.now,
}: LookOptions): WatchedLook {
  const notes: string[] = [];
  const watch = new Watch(now);
  // How a home stands only its person may ask, and whoever compares is another.
  if (home !== undefined) watch.lose();
  let wasDenied = false;

  const note = (text: string): void => {
    const short = text.slice(0, longestNote);
    if (notes.length < mostNotes && !notes.includes(short)) notes.push(short);
  };

  const followed = (path: string) => (root === null ? path : placeInside(root, path));
  /** The entry itself, be it a link. */
  const entry = (path: string) => {
    const { dir, base } = posix.parse(path);
    return join(followed(dir), base);
  };
  const fromRoot = (path: string) =>
    home !== undefined && path.startsWith("~/") ? home + path.slice(1) : path;

  /** What the work yields; undefined, and a note unless it is simply missing, when the system says no. */
  function tried<T>(path: string, work: (real: string) => T, real = followed): T | undefined {
    const declared = declaredFor(path, reads);
    if (root === null) watch.about(path, real === entry);
    try {
      return work(real(fromRoot(path)));
    } catch (error) {
      const code = codeOf(error);
      if (code !== undefined && missing.has(code)) return undefined;
      if (code !== undefined && denied.has(code)) wasDenied = true;
      if (code === undefined && !(error instanceof NotReadable)) throw error;
      // One line for all that one `*` stands for.
      const told = declared.includes("*") ? declared : path;
      note(`${told}: ${code !== undefined && denied.has(code) ? "not permitted" : reasonOf(error)}`);
      return undefined;
    }
  }

  const bytes = (path: string, maxBytes = MiB) => tried(path, (real) => readRegular(real, maxBytes));

  return {
    get live() {
      // Whoever asks goes on to ask the system itself.
      watch.lose();
      return root === null;
    },
    bytes,
    text: (path, maxBytes) => bytes(path, maxBytes)?.toString("utf8"),
    parts: (path, work) =>
      tried(path, (real) => openRegular(real, (descriptor, size) => work(partly(descriptor, size)))),
    names: (path) => tried(path, (real) => readdirSync(real).sort()) ?? [],
    links: (path) =>
      tried(path, (real) =>
        readdirSync(real, { withFileTypes: true })
          .filter((each) => each.isSymbolicLink())
          .map(({ name }) => name),
      ) ?? [],
    link: (path) => tried(path, (real) => readlinkSync(real), entry),
    exists: (path) => tried(path, (real) => statSync(real)) !== undefined,
    stat: (path) => tried(path, (real) => standingOf(statSync(real))),
    changes: (path, ending) => tried(path, (real) => changesIn(real, ending)) ?? new Map(),
    space(mount) {
      watch.lose();
      if (root !== null) return undefined;
      try {
        const { bsize, blocks, bavail } = statfsSync(mount);
        return { size: blocks * bsize, free: bavail * bsize };
      } catch (error) {
        note(`${mount}: ${reasonOf(error)}`);
        return undefined;
      }
    },
    async run(program, args, limits: RunLimits = {}) {
      if (!programs.includes(program))
        throw new Error(`${program} is not among the programs that the collector declared`);
      watch.lose();
      if (root !== null) return recordedBy(recorded, program, args);
      const printed = await printedOnce(ran, program, args, limits);
      if (typeof printed !== "string") return printed;
      note(`${program}: ${printed}`);
      return undefined;
    },
    async hear(address, dialogue: Dialogue) {
      demandConnect(address, connects);
      watch.lose();
      if (root !== null) return undefined;
      const { heardFrom } = await import("./heard-from.ts");
      const heard = await heardFrom(address, dialogue);
      if (heard?.ending !== undefined) note(`${address}: ${heard.ending}`);
      return heard?.text;
    },
    async ask(address, question, milliseconds) {
      demandConnect(address, connects);
      watch.lose();
      if (root !== null) return undefined;
      const { answersTo } = await import("./answers-to.ts");
      const answers = await answersTo(address, question, milliseconds);
      if (typeof answers !== "string") return answers;
      note(`${address}: ${answers}`);
      return undefined;
    },
    note,
    get wasDenied() {
      return wasDenied;
    },
    notes,
    seen: () => (root === null && !wasDenied ? watch.seen() : null),
  };
}

/** Several sections ask the same of one program; it runs once. */
async function printedOnce(ran: Ran, ...asked: Parameters<typeof printedBy>): ReturnType<typeof printedBy> {
  const key = JSON.stringify(asked);
  const told = ran.get(key) ?? (await import("./printed-by.ts")).printedBy(...asked);
  ran.set(key, told);
  return told;
}

function demandConnect(address: string, connects: readonly string[]): void {
  if (!connects.includes(address))
    throw new Error(`${address} is not among the services that the collector declared`);
}

function recordedBy(recorded: Recorded | undefined, ...asked: Parameters<Recorded>): Printed | undefined {
  const text = recorded?.(...asked);
  return text === undefined ? undefined : { code: 0, text };
}

/** A path that no collector declared is a mistake in the collector, not something to find out about a machine. */
function declaredFor(path: string, reads: readonly string[]): string {
  const declared = isPlain(path) ? reads.find((read) => isBelow(path, read)) : undefined;
  if (declared !== undefined) return declared;
  throw new Error(`${path} is not among the paths that the collector declared`);
}

/** Whether it says each step once, without `.` and `..`. */
const isPlain = (path: string): boolean => !/\/\.{0,2}\/|\/\.{1,2}$/.test(path);

/** Of a path with a `*` in it, which stands for one name, the folder of those names is declared too. */
function isBelow(path: string, read: string): boolean {
  const star = read.indexOf("/*/");
  if (star === -1) return path === read || path.startsWith(`${read}/`);
  const folder = read.slice(0, star);
  if (path === folder) return true;
  const end = path.indexOf("/", star + 1);
  return path.startsWith(`${folder}/`) && end !== -1 && isBelow(path.slice(end), read.slice(star + 2));
}

/** Where a path of the other machine lies, its links followed inside that machine's root. Throws what lstat throws. */
export function placeInside(root: string, path: string): string {
  const ahead = partsOf(path);
  const here: string[] = [];
  let links = 0;
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (part === "..") {
      here.pop();
      continue;
    }
    const candidate = join(root, ...here, part);
    if (!lstatSync(candidate).isSymbolicLink()) {
      here.push(part);
      continue;
    }
    if (++links > mostLinks) throw new NotReadable("leads through too many links");
    const target = readlinkSync(candidate);
    if (target.startsWith("/")) here.length = 0;
    ahead.unshift(...partsOf(target));
  }
  return join(root, ...here);
}

const partsOf = (path: string): string[] => path.split("/").filter((part) => part !== "" && part !== ".");

function readRegular(path: string, maxBytes: number): Buffer {
  return openRegular(path, (descriptor, size) => readWhole(descriptor, size, maxBytes));
}

function openRegular<T>(path: string, work: (descriptor: number, size: number) => T): T {
  demandRegular(statSync(path));
  // Whatever takes the file's place in between is not waited for, and not taken for a terminal.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const facts = fstatSync(descriptor);
    demandRegular(facts);
    return work(descriptor, facts.size);
  } finally {
    closeSync(descriptor);
  }
}

function partly(descriptor: number, size: number): PartlyRead {
  let own = Buffer.allocUnsafe(0);
  return {
    size,
    read(position, length, place) {
      // The kernel names no size for its own files.
      const wanted = size === 0 ? length : Math.max(0, Math.min(length, size - position));
      if (!place && wanted > own.length) own = Buffer.allocUnsafe(wanted);
      const target = place ?? own;
      return target.subarray(0, wanted === 0 ? 0 : readSync(descriptor, target, 0, wanted, position));
    },
  };
}

function standingOf(facts: Stats): Standing {
  const { size, uid: owner, birthtimeMs: born, mtimeMs: modified } = facts;
  const kind = facts.isFile() ? "file" : facts.isDirectory() ? "folder" : "other";
  return { kind, size, owner, born, modified };
}

function changesIn(folder: string, ending: string): Map<string, number> {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  const changes = names.map((name): [string, Stats | undefined] => [
    name,
    lstatSync(`${folder}/${name}`, { throwIfNoEntry: false }),
  ]);
  return new Map(changes.flatMap(([name, facts]) => (facts?.isFile() ? [[name, facts.mtimeMs]] : [])));
}

function demandRegular(facts: Stats): void {
  if (!facts.isFile()) throw new NotReadable("not a regular file");
}

/** For the small files that most are: one at a time is read. */
const chunk = Buffer.allocUnsafe(chunkBytes);

/** Reads to the end, for the size that the kernel names for its own files is none. */
function readWhole(descriptor: number, size: number, maxBytes: number): Buffer {
  const parts: Buffer[] = [];
  let total = 0;
  for (;;) {
    const left = Math.min(size - total + 1, maxBytes);
    const part = left > chunkBytes ? Buffer.allocUnsafe(left) : chunk;
    const length = readSync(descriptor, part);
    if (length === 0) return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, total);
    total += length;
    if (total > maxBytes) throw new NotReadable(`larger than ${maxBytes} bytes`);
    const read = part.subarray(0, length);
    parts.push(part === chunk ? Buffer.from(read) : read);
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

const reasonOf = (error: unknown): string =>
  codeOf(error) ?? (error instanceof Error ? error.message : String(error));
