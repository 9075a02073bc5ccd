/**
 * What a collector is: the agent's side of one section. It looks at the machine through a `Look` that reaches
 * only the paths it declared, and answers with a document or with the reason why there is none.
 */
import type {
  Application,
  DocumentNamed,
  Failure,
  LocationLevel,
  Platform,
  Readings,
  SectionName,
  Status,
} from "@rollcall/protocol";
import type { CellMemory, CellSearch } from "../location/cell-memory.ts";
import type { Answer } from "./answers-to.ts";

/** One collector's view of the machine: bounded, read-only, inside one root, only what was declared. */
export interface Look {
  /** Whether the root is the running system's own, so that system calls tell of the same machine as the files. */
  readonly live: boolean;
  /**
   * A regular file's text (UTF-8; bytes that are not become U+FFFD), or undefined when it is missing, not
   * readable, not a regular file or larger than `maxBytes` (1 MiB unless said); all but missing are noted.
   */
  text(path: string, maxBytes?: number): string | undefined;
  bytes(path: string, maxBytes?: number): Uint8Array | undefined;
  /**
   * What the work makes of a file of which it reads parts only, such as a database that is too large to be read
   * whole; undefined where `bytes` would be. The file is open no longer than the work takes.
   */
  parts<T>(path: string, work: (file: PartlyRead) => T): T | undefined;
  /** Names in a directory, sorted; none when it is missing or not readable (noted). */
  names(path: string): readonly string[];
  /** Those of them that are symbolic links: to ask `link` of each name costs many times as much. */
  links(path: string): readonly string[];
  /** Where a symbolic link points, as written in it. */
  link(path: string): string | undefined;
  exists(path: string): boolean;
  /** What stands there, links followed; undefined when it is missing or not reachable (noted). */
  stat(path: string): Standing | undefined;
  /**
   * When the files in a directory whose names end so last changed (milliseconds since 1970), by name; links are not
   * followed. For a package manager's folder with a file for each package: a tenth of what as many `stat` cost.
   */
  changes(path: string, ending: string): ReadonlyMap<string, number>;
  /** Bytes of a mounted file system (statfs(2)); undefined unless `live`. */
  space(mount: string): { readonly size: number; readonly free: number } | undefined;
  /**
   * What a program of the running system prints, for what no file tells; undefined unless `live`, where the program
   * is missing, does not end in time or prints too much (the last two are noted). It gets no input and an environment
   * of its own, and is ended with all that it began. `programs` has to name it, by its absolute path.
   */
  run(program: string, args: readonly string[], limits?: RunLimits): Promise<Printed | undefined>;
  /**
   * What a service of the running system says to what it is told, until that is enough, it ends or its time is over
   * (the last is noted); undefined unless `live`, and where nobody listens. `connects` has to name its address.
   */
  hear(address: string, dialogue: Dialogue): Promise<string | undefined>;
  /**
   * What comes back for one datagram in so many milliseconds, from whoever is in reach; undefined unless `live`, and
   * where it could not be sent (noted). `connects` has to name its address, as in `udp:224.0.0.251:5353`.
   */
  ask(address: string, question: Uint8Array, milliseconds: number): Promise<readonly Answer[] | undefined>;
  /** Notes something that a person who looks for a missing value should know. */
  note(diagnostic: string): void;
}

/** Bytes that can be read in any order: an open file, or a part of one. */
export interface PartlyRead {
  /** Bytes. */
  readonly size: number;
  /**
   * So many bytes from a position on; fewer where they end. Good until the next call. A file puts them into `place`
   * where there is one, which spares a copy.
   */
  read(position: number, length: number, place?: Buffer): Buffer;
}

export interface Standing {
  readonly kind: "file" | "folder" | "other";
  /** Bytes. */
  readonly size: number;
  /** The number of the account that it belongs to. */
  readonly owner: number;
  /** When it was made and when its content last changed, milliseconds since 1970. */
  readonly born: number;
  readonly modified: number;
}

export interface RunLimits {
  /** 5,000 unless said. */
  readonly milliseconds?: number;
  /** 4 MiB unless said. */
  readonly maxBytes?: number;
}

export interface Dialogue extends Required<RunLimits> {
  /** What it is told first. */
  readonly say: string;
  /** Whether what it said so far will do. */
  enough(heard: string): boolean;
}

export interface Printed {
  /** What it ended with; some programs tell their result so. */
  readonly code: number;
  /** Its standard output, UTF-8. */
  readonly text: string;
}

/** What is known to the agent itself rather than found on the machine. */
export interface AgentFacts {
  readonly platform: Platform;
  readonly agentVersion: string;
  readonly applications: readonly Application[];
  /** The server's id, null before enrolment. */
  readonly server: string | null;
  readonly location: LocationFacts;
  /** What it could not do so far; absent where nobody counts. */
  readonly failures?: readonly CountedFailure[];
}

/** How often the agent could not do something, and the day of the last time (ISO 8601 UTC). */
export interface CountedFailure extends Failure {
  readonly count: number;
  readonly lastDay: string;
}

/** What the agent knows of where it may say that the device is. */
export interface LocationFacts {
  /** How finely it may be told, by whatever section; null: not at all. */
  readonly level: LocationLevel | null;
  /** What the device's own cell is found with; absent where it tells none, as at `country`. */
  readonly search?: CellSearch;
}

/** A document with its readings, or why there is none. `nothing` becomes `none`, or `denied` when the system refused a look. */
export type Collected<D> =
  | ({ readonly document: D; readonly readings?: Readings } & Kept)
  | ({
      readonly nothing: Extract<Status, "none" | "denied" | "unsupported" | "tool-missing" | "failed">;
    } & Kept);

interface Kept {
  /** What the next look for the device's cell has to know. Kept on the device. */
  readonly memory?: CellMemory;
}

interface PlatformCollector<D> {
  /**
   * Every path it may look at, each with what lies below it; a `*` between two slashes stands for any one name. They
   * stand in the definition's sources too.
   */
  readonly reads: readonly string[];
  /** Every program it may run, by absolute path. They stand in the definition's sources too. */
  readonly programs?: readonly string[];
  /** Every service that it may hear, as ADDRESS:PORT. They stand in the definition's sources too. */
  readonly connects?: readonly string[];
  collect(look: Look, facts: AgentFacts): Collected<D> | Promise<Collected<D>>;
}

/** What is in people's homes: each is looked at as its person, and what is found in all of them becomes one document. */
interface PlatformHomeCollector<D> {
  /** Every path below a home that it may look at, each with what lies below it: `~/.mozilla`, as in the sources. */
  readonly homes: readonly string[];
  /** `home` reaches one home and nothing else; its paths begin with `~/`. */
  collect(home: Look, facts: AgentFacts): Collected<D> | Promise<Collected<D>>;
}

export interface Collector<N extends SectionName> {
  /** Its section; the file has this name too. */
  readonly section: N;
  readonly platforms: Partial<Readonly<Record<Platform, PlatformCollector<DocumentNamed<N>>>>>;
}

/** Declares the collector of a section, its document's type checked against the definition. */
export function defineCollector<N extends SectionName>(collector: Collector<N>): Collector<N> {
  return collector;
}

export interface HomeCollector<N extends SectionName> {
  readonly section: N;
  readonly platforms: Partial<Readonly<Record<Platform, PlatformHomeCollector<DocumentNamed<N>>>>>;
}

/** As `defineCollector`, of a section of people's homes. */
export function defineHomeCollector<N extends SectionName>(collector: HomeCollector<N>): HomeCollector<N> {
  return collector;
}

/** An object without its members that are undefined: optional members of documents are absent, never undefined. */
export function present<T extends object>(
  value: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  const found: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) found[name] = member;
  // Only members that are undefined are removed, which is what the type says.
  return found as ReturnType<typeof present<T>>;
}
