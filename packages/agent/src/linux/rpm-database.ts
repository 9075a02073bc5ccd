/** rpm's database, in whichever of its three formats it is, read without rpm. */
import type { Look, PartlyRead } from "../collecting/collector.ts";
import { berkeleyValues } from "./berkeley-hash.ts";
import { Malformed } from "./partly-read.ts";
import { type RpmPackage, readRpmHeader } from "./rpm-header.ts";
import { ndbValues } from "./rpm-ndb.ts";
import type { Salvaged } from "./salvaged.ts";
import { sqliteTable } from "./sqlite-file.ts";

/** The newer place first; where both are, the older one is a link to it. */
export const rpmFolders = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"] as const;

interface Format {
  readonly file: string;
  read(file: PartlyRead, log: PartlyRead | undefined): Salvaged<RpmPackage>;
}

/** The formats by age, the youngest first: a database that was converted may have left the older one behind. */
const formats: readonly Format[] = [
  { file: "rpmdb.sqlite", read: readSqlite },
  { file: "Packages.db", read: (file) => ndbValues(file, readRpmHeader) },
  { file: "Packages", read: (file) => berkeleyValues(file, readRpmHeader) },
];

function readSqlite(file: PartlyRead, log: PartlyRead | undefined): Salvaged<RpmPackage> {
  const packages = sqliteTable(file, log, "Packages", (row) => {
    const blob = row.blob("blob");
    if (!blob) throw new Malformed("has a package without a header");
    return readRpmHeader(blob);
  });
  if (!packages) throw new Malformed("has no table of packages");
  return packages;
}

export interface RpmDatabase {
  readonly packages: readonly RpmPackage[];
  /** Whether something in it could not be read; noted. */
  readonly isDamaged: boolean;
}

/** What the first database that is there holds; undefined when there is none. */
export function readRpmDatabase(look: Look): RpmDatabase | undefined {
  for (const folder of rpmFolders)
    for (const format of formats) {
      const path = `${folder}/${format.file}`;
      if (look.exists(path)) return readSettled(look, path, format);
    }
  return undefined;
}

const mostTries = 3;

/** Without a lock: read again when something was written meanwhile. */
function readSettled(look: Look, path: string, format: Format): RpmDatabase {
  for (let left = mostTries; ; left--) {
    const before = stateOf(look, path);
    const found = readOnce(look, path, format);
    if (stateOf(look, path) === before) return noted(look, path, found);
    if (left === 1) return noted(look, path, "is being written");
  }
}

function stateOf(look: Look, path: string): string {
  return [path, `${path}-wal`].map((each) => JSON.stringify(look.stat(each) ?? null)).join();
}

/** In words why nothing could be read. */
function readOnce(look: Look, path: string, { read }: Format): Salvaged<RpmPackage> | string {
  // The file first: pages move from the log into it, never back.
  try {
    const found = look.parts(path, (file) => {
      const hasLog = (look.stat(`${path}-wal`)?.size ?? 0) > 0;
      return hasLog ? look.parts(`${path}-wal`, (log) => read(file, log)) : read(file, undefined);
    });
    return found ?? "could not be read";
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

function noted(look: Look, path: string, found: Salvaged<RpmPackage> | string): RpmDatabase {
  if (typeof found === "string") {
    look.note(`${path}: ${found}`);
    return { packages: [], isDamaged: true };
  }
  const { values: packages, damaged } = found;
  if (damaged > 0) look.note(`${path}: ${damaged} damaged parts were passed over`);
  return { packages, isDamaged: damaged > 0 };
}
