/** apt's lists of what could be installed: read piece by piece, for they are 50 MB and more, of which little is asked. */
import type { Look, PartlyRead } from "../collecting/collector.ts";
import { fieldOf } from "./deb822.ts";
import { compareDpkgVersions } from "./dpkg-version.ts";
import { decodeLz4 } from "./lz4.ts";

export const listFolder = "/var/lib/apt/lists";

/** What a source says of all that it has (its Release file). */
export interface Release {
  readonly isSecurity: boolean;
  /** As apt_preferences(5) has it where nobody said anything: 500, less for what is not to be installed by itself. */
  readonly priority: number;
}

/** A version that a source has of a package that was asked for. */
export interface Offer extends Release {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Not offered to everybody yet (Ubuntu's phased updates). */
  readonly isPhased: boolean;
}

const releaseBytes = 4_096;
const listName = /_Packages(\.lz4|\.gz|\.zst|\.xz|\.bz2)?$/;
const largestList = 512 * 2 ** 20;
/** Of a machine with all that there is installed, from several sources. */
const mostOffers = 500_000;

/** Every version of packages of these names, in any list that could be read; null where there are no lists at all. */
export async function readOffers(
  look: Look,
  wanted: ReadonlySet<string>,
): Promise<{ readonly offers: readonly Offer[]; readonly isWhole: boolean } | null> {
  const names = look.names(listFolder);
  const lists = names.filter((name) => listName.test(name));
  if (lists.length === 0) return null;
  const releases = readReleases(look, names);
  const asked = wantedNames(wanted);
  const offers: Offer[] = [];
  let isWhole = true;
  for (const list of lists) {
    const release = releaseOf(list, releases);
    const take = (bytes: Buffer, isLast: boolean) =>
      scanPackages(bytes, isLast, asked, (paragraph) => {
        const offer = offerOf(paragraph, release);
        if (offer && offers.length < mostOffers) offers.push(offer);
      });
    isWhole = (await scanList(look, list, take)) && isWhole;
  }
  return { offers, isWhole: isWhole && offers.length < mostOffers };
}

/** By the beginning that names of lists have in common with that of their Release file. */
function readReleases(look: Look, names: readonly string[]): Map<string, Release> {
  const releases = new Map<string, Release>();
  for (const name of names) {
    const [, beginning] = /^(.*_)(?:In)?Release$/.exec(name) ?? [];
    if (beginning === undefined) continue;
    const text = look.parts(`${listFolder}/${name}`, (file) =>
      Buffer.from(file.read(0, releaseBytes)).toString("latin1"),
    );
    releases.set(beginning, parseRelease(text ?? ""));
  }
  return releases;
}

export function parseRelease(text: string): Release {
  const value = (name: string) => new RegExp(`^${name}: *(.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  const names = [value("Label"), value("Suite"), value("Codename"), value("Archive")];
  const isManual = value("NotAutomatic") === "yes";
  return {
    isSecurity: names.some((name) => /[-_/]security(\/|$)/i.test(name)),
    priority: !isManual ? 500 : value("ButAutomaticUpgrades") === "yes" ? 100 : 1,
  };
}

function releaseOf(list: string, releases: ReadonlyMap<string, Release>): Release {
  const beginnings = [...releases.keys()].filter((beginning) => list.startsWith(beginning));
  const longest = beginnings.sort((a, b) => b.length - a.length)[0];
  return releases.get(longest ?? "") ?? { isSecurity: false, priority: 500 };
}

type Take = (bytes: Buffer, isLast: boolean) => number;

/** Whether it could be read to its end. */
async function scanList(look: Look, name: string, take: Take): Promise<boolean> {
  const path = `${listFolder}/${name}`;
  const compression = listName.exec(name)?.[1];
  try {
    if (compression === ".gz" || compression === ".zst") return await scanStream(look, path, take);
    if (compression === undefined || compression === ".lz4") {
      const scan = compression === undefined ? scanPlain : decodeLz4;
      const isRead = look.parts(path, (file) => {
        scan(file, take);
        return true;
      });
      return isRead ?? false;
    }
    look.note(`${path}: its compression is not known`);
  } catch (error) {
    look.note(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return false;
}

const pieceBytes = 1024 * 1024;

function scanPlain(file: PartlyRead, take: Take): void {
  if (file.size > largestList) throw new Error("it is too large");
  for (let at = 0; at < file.size; ) {
    const bytes = file.read(at, pieceBytes);
    if (bytes.length === 0) return;
    const isLast = at + bytes.length >= file.size;
    at += take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), isLast) || bytes.length;
    if (isLast) return;
  }
}

async function scanStream(look: Look, path: string, take: Take): Promise<boolean> {
  const { createGunzip, createZstdDecompress } = await import("node:zlib");
  const compressed = look.bytes(path, 64 * 2 ** 20);
  if (!compressed) return false;
  const stream = path.endsWith(".gz")
    ? createGunzip({ chunkSize: pieceBytes })
    : createZstdDecompress({ chunkSize: pieceBytes });
  stream.end(compressed);
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  for await (const piece of stream) {
    const bytes = Buffer.concat([rest, Buffer.from(piece)]);
    total += bytes.length - rest.length;
    if (total > largestList) throw new Error("what is in it has no end");
    rest = bytes.subarray(take(bytes, false) || (bytes.length > pieceBytes * 4 ? bytes.length : 0));
  }
  take(rest, true);
  return true;
}

const [begins, blankLine] = [Buffer.from("\nPackage: "), Buffer.from("\n\n")];

/** Names that are looked for among many more: most of those are told from a few bits, without making a text of them. */
export interface Wanted {
  readonly names: ReadonlySet<string>;
  /** By the hash of a name; 0 where none of the names has it. */
  readonly hashes: Uint8Array;
}

const hashBits = 16;

export function wantedNames(names: ReadonlySet<string>): Wanted {
  const hashes = new Uint8Array(1 << hashBits);
  for (const name of names) hashes[hashOf(Buffer.from(name, "latin1"), 0).hash] = 1;
  return { names, hashes };
}

/** Of what stands up to the end of the line (FNV-1a, folded), and where that is. */
function hashOf(bytes: Uint8Array, from: number): { readonly hash: number; readonly end: number } {
  let hash = 0x811c9dc5;
  let end = from;
  for (; end < bytes.length && bytes[end] !== 10; end++)
    hash = Math.imul(hash ^ (bytes[end] ?? 0), 0x01000193);
  return { hash: ((hash >>> hashBits) ^ hash) & ((1 << hashBits) - 1), end };
}

/**
 * Hands on the paragraphs of packages that are wanted, among whole paragraphs from the beginning of the bytes on;
 * returns where the first that is not whole begins. One is found by its name without looking at the rest.
 */
export function scanPackages(
  bytes: Buffer,
  isLast: boolean,
  { names, hashes }: Wanted,
  found: (paragraph: string) => void,
): number {
  const end = isLast ? bytes.length : bytes.lastIndexOf(blankLine) + blankLine.length;
  if (end < blankLine.length) return 0;
  const isFirst = begins.subarray(1).equals(bytes.subarray(0, begins.length - 1));
  let nameAt = isFirst ? begins.length - 1 : nextName(bytes, 0);
  while (nameAt !== undefined && nameAt < end) {
    const { hash, end: nameEnd } = hashOf(bytes, nameAt);
    if (hashes[hash] === 1 && names.has(bytes.toString("latin1", nameAt, nameEnd))) {
      const before = bytes.lastIndexOf(blankLine, nameAt);
      const after = bytes.indexOf(blankLine, nameAt);
      const start = before === -1 ? 0 : before + blankLine.length;
      found(bytes.toString("utf8", start, after === -1 ? end : after));
    }
    nameAt = nextName(bytes, nameEnd);
  }
  return end;
}

function nextName(bytes: Buffer, from: number): number | undefined {
  const at = bytes.indexOf(begins, from);
  return at === -1 ? undefined : at + begins.length;
}

function offerOf(paragraph: string, release: Release): Offer | undefined {
  const value = (name: string) => fieldOf(paragraph, name);
  const [name, version, architecture] = [value("Package"), value("Version"), value("Architecture")];
  if (!name || !version || !architecture) return undefined;
  const phase = value("Phased-Update-Percentage");
  return { ...release, name, version, architecture, isPhased: phase !== "" && phase !== "100" };
}

/** A package as dpkg has it. */
export interface Installed {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

export interface Update extends Installed {
  readonly available: string;
  readonly isSecurity: boolean;
}

/**
 * The updates that apt would choose: of the versions that are newer than the installed one the newest of those with
 * the highest priority, unless the installed one has a higher. What an administrator pinned is not known here.
 */
export function updatesOf(installed: readonly Installed[], offers: readonly Offer[]): Update[] {
  const byName = Map.groupBy(offers, ({ name }) => name);
  return installed.flatMap((each) => {
    const its = (byName.get(each.name) ?? []).filter(({ architecture }) =>
      suits(architecture, each.architecture),
    );
    return updateOf(each, its) ?? [];
  });
}

/** A package may become one for all architectures, or cease to be. */
const suits = (one: string, other: string): boolean => one === other || one === "all" || other === "all";

function updateOf(installed: Installed, offers: readonly Offer[]): Update | undefined {
  const known = offers.filter(({ version }) => version === installed.version).map(({ priority }) => priority);
  const own = Math.max(100, ...known);
  const newer = offers.filter(
    ({ version, priority, isPhased }) =>
      priority >= own &&
      !isPhased &&
      version !== installed.version &&
      compareDpkgVersions(version, installed.version) > 0,
  );
  const best = newer.reduce<Offer | undefined>(
    (one, other) => (one === undefined || isBetter(other, one) ? other : one),
    undefined,
  );
  if (!best) return undefined;
  return { ...installed, available: best.version, isSecurity: newer.some(({ isSecurity }) => isSecurity) };
}

const isBetter = (one: Offer, other: Offer): boolean =>
  one.priority === other.priority
    ? compareDpkgVersions(one.version, other.version) > 0
    : one.priority > other.priority;
