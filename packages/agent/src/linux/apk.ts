/** apk's database of what is installed (apk-package(5), `apk_db_write_fdb` of apk-tools), and what was asked for. */
import { present } from "../collecting/collector.ts";

export interface ApkEntry {
  readonly name: string;
  readonly version?: string;
  readonly architecture?: string;
  /** Name of the source package. */
  readonly origin?: string;
  readonly maintainer?: string;
  /** Bytes. */
  readonly installedSize?: number;
  /** The tag of the repository that it was pinned to. */
  readonly tag?: string;
  /** What it provides besides its own name, with versions. */
  readonly provides: readonly string[];
}

/** Letters of the fields that are wanted. */
const wanted = "PVAImosp";

/** Paragraphs of `L:value` lines; those that name no package are counted. */
export function parseApkEntries(text: string): { entries: readonly ApkEntry[]; nameless: number } {
  const entries: ApkEntry[] = [];
  let nameless = 0;
  for (const lines of headsOf(text)) {
    const entry = entryOf(fieldsOf(lines));
    if (entry) entries.push(entry);
    else if (lines.trim() !== "") nameless++;
  }
  return { entries, nameless };
}

/** What stands of each package before its files, which are most of the database. */
function* headsOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const blank = text.indexOf("\n\n", start);
    const end = blank === -1 ? text.length : blank;
    const paragraph = text.slice(start, end);
    const files = paragraph.indexOf("\nF:");
    yield files === -1 ? paragraph : paragraph.slice(0, files);
    start = end + 2;
  }
}

function fieldsOf(lines: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines.split("\n")) {
    const letter = line.charAt(0);
    if (line.charAt(1) === ":" && wanted.includes(letter) && !fields.has(letter))
      fields.set(letter, line.slice(2).trim());
  }
  return fields;
}

function entryOf(fields: ReadonlyMap<string, string>): ApkEntry | undefined {
  const value = (letter: string) => fields.get(letter) || undefined;
  const name = value("P");
  if (name === undefined || /\s/.test(name)) return undefined;
  const size = value("I");
  return present({
    name,
    version: value("V"),
    architecture: value("A"),
    origin: value("o"),
    maintainer: value("m"),
    installedSize: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    tag: value("s")?.replace(/^@/, ""),
    provides: value("p")?.split(/\s+/) ?? [],
  });
}

/** Which packages are there because others need them: what /etc/apk/world names, or names a part of, was asked for. */
export function notAskedFor(world: string): (entry: ApkEntry) => boolean {
  const asked = new Set(
    world
      .split(/\s+/)
      .filter((word) => word !== "" && !word.startsWith("!"))
      .map(nameOf),
  );
  return ({ name, provides }) => ![name, ...provides].some((each) => asked.has(nameOf(each)));
}

/** `name`, without the version (`=1.2`, `>1`, `~1`) or the repository (`@edge`) that is asked for. */
const nameOf = (word: string): string => word.replace(/[@=<>~].*$/, "");
