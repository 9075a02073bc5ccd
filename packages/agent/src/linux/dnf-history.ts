/** dnf 4's history (libdnf/transaction/sql/migrations/2.0.sql and later): what was installed from where, and why. */
import { type Look, type PartlyRead, present } from "../collecting/collector.ts";
import { Malformed } from "./partly-read.ts";
import { sqliteTable } from "./sqlite-file.ts";
import type { SqliteRow } from "./sqlite-row.ts";

export interface RpmOrigin {
  /** Name of the repository. */
  readonly repository?: string;
  readonly automatic?: boolean;
}

/** Years of a machine that is upgraded every week; more is not worth its time. */
const mostBytes = 16 * 2 ** 20;

/** What was done is `done` in the state's column (libdnf/transaction/Types.hpp). */
const done = 1;
const isAutomatic: ReadonlyMap<number, boolean> = new Map([
  [1, true],
  [2, false],
  [4, true],
  [5, false],
]);

/** By the name with version and architecture; undefined where there is no history, or none that can be read. */
export function readDnfHistory(
  look: Look,
  path: string,
  logPath: string,
): ReadonlyMap<string, RpmOrigin> | undefined {
  const size = look.stat(path)?.size ?? 0;
  if (size === 0) return undefined;
  if (size > mostBytes) {
    look.note(`${path}: too large to look for where packages came from`);
    return undefined;
  }
  try {
    const hasLog = (look.stat(logPath)?.size ?? 0) > 0;
    return look.parts(path, (file) =>
      hasLog ? look.parts(logPath, (log) => originsIn(file, log)) : originsIn(file, undefined),
    );
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    look.note(`${path}: ${error.message}`);
    return undefined;
  }
}

function originsIn(file: PartlyRead, log: PartlyRead | undefined): ReadonlyMap<string, RpmOrigin> {
  const eachRow = (table: string, visit: (row: SqliteRow) => void): void => {
    sqliteTable(file, log, table, (row) => {
      visit(row);
      return undefined;
    });
  };
  const repositories = new Map<number, string>();
  eachRow("repo", (row) => repositories.set(row.id, row.text("repoid") ?? ""));
  const origins = new Map<number, RpmOrigin>();
  // Of an item that was handled several times the last time counts.
  eachRow("trans_item", (row) => {
    const item = row.integer("item_id");
    if (item === undefined || row.integer("state") !== done) return;
    const repository = repositories.get(row.integer("repo_id") ?? 0) ?? "";
    origins.set(
      item,
      present({
        // What goes and what stays comes from `@System`.
        repository:
          repository === "" || repository.startsWith("@") ? origins.get(item)?.repository : repository,
        automatic: isAutomatic.get(row.integer("reason") ?? 0),
      }),
    );
  });
  const byName = new Map<string, RpmOrigin>();
  eachRow("rpm", (row) => {
    const origin = origins.get(row.integer("item_id") ?? 0);
    const epoch = row.integer("epoch") || undefined;
    const version = `${epoch === undefined ? "" : `${epoch}:`}${row.text("version")}-${row.text("release")}`;
    if (origin) byName.set(`${row.text("name")}-${version}.${row.text("arch")}`, origin);
  });
  return byName;
}
