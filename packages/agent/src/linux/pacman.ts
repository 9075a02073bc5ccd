/** pacman's local database: a folder with a `desc` for each package (alpm-db-desc(5)). */
import { present } from "../collecting/collector.ts";

export interface PacmanPackage {
  readonly name: string;
  readonly version?: string;
  readonly architecture?: string;
  readonly base?: string;
  readonly packager?: string;
  /** Seconds since 1970. */
  readonly installedAt?: number;
  /** Bytes. */
  readonly size?: number;
  readonly isDependency: boolean;
  /** The repository, where pacman noted it. */
  readonly repository?: string;
}

/** `%NAME%` and the lines of its value, an empty line between two; undefined where there is no name. */
export function parsePacmanDesc(text: string): PacmanPackage | undefined {
  const values = new Map<string, string>();
  let heading: string | undefined;
  for (const line of text.split("\n")) {
    const [, name] = /^%([A-Z0-9_]{1,32})%\s*$/.exec(line) ?? [];
    // Of values of several lines, which are lists, the first is enough.
    if (heading !== undefined && name === undefined && !values.has(heading)) values.set(heading, line.trim());
    heading = name;
  }
  const value = (name: string) => values.get(name) || undefined;
  const name = value("NAME");
  if (name === undefined) return undefined;
  return present({
    name,
    version: value("VERSION"),
    architecture: value("ARCH"),
    base: value("BASE"),
    packager: value("PACKAGER") === "Unknown Packager" ? undefined : value("PACKAGER"),
    installedAt: numberOf(value("INSTALLDATE")),
    size: numberOf(value("SIZE")),
    isDependency: value("REASON") === "1",
    repository: value("INSTALLED_DB"),
  });
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
