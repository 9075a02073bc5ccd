/** What `rpm -qa` prints, asked for in one format: for a database that cannot be read without rpm. */
import { present } from "../collecting/collector.ts";
import type { RpmPackage } from "./rpm-header.ts";

export const rpmProgram = "/usr/bin/rpm";

const columns = [
  "NAME",
  "EPOCHNUM",
  "VERSION",
  "RELEASE",
  "ARCH",
  "VENDOR",
  "LONGSIZE",
  "INSTALLTIME",
  "SOURCERPM",
];
const format = `${columns.map((column) => `%{${column}}`).join("\\t")}\\n`;

/** Without signatures: only what is in the database is asked for. */
export const rpmQuery: readonly string[] = ["-qa", "--nosignature", "--nodigest", "--qf", format];

/** Lines that name no package with its version are passed over. */
export function parseRpmQuery(text: string): RpmPackage[] {
  return text.split("\n").flatMap((line) => {
    const cells = line.split("\t").map((cell) => (cell === "(none)" || cell === "" ? undefined : cell));
    const [name, epoch, version, release, architecture, vendor, size, installedAt, sourceRpm] = cells;
    if (
      cells.length !== columns.length ||
      name === undefined ||
      version === undefined ||
      release === undefined
    )
      return [];
    const numbers = {
      epoch: numberOf(epoch) || undefined,
      size: numberOf(size),
      installedAt: numberOf(installedAt),
    };
    return [present({ name, version, release, architecture, vendor, sourceRpm, ...numbers })];
  });
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
