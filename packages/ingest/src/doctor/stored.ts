/** What is stored: the database, the index beside it, the ledger of deletions, the keys that belong to them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase, { type Database } from "better-sqlite3";
import { readConfig } from "../config.ts";
import { readKey } from "../identity/key-file.ts";
import { openPartToRead, partIn } from "../indexing/part-file.ts";
import { LedgerFile } from "../privacy/ledger-file.ts";
import { pathsIn } from "../store/data-directory.ts";
import { LogReader } from "../store/log.ts";
import { databaseVersion } from "../store/migrate.ts";
import { type Finding, fail, ok, type Patient, warn } from "./finding.ts";

/** What the database, a file or PostgreSQL, shows of what stands beside it. */
export interface Shown {
  /** null before the first start. */
  readonly server: string | null;
  /** Numbers of the deletions that it still has; how many of them no ledger has. */
  readonly deletions: { readonly oldest: number; readonly newest: number; readonly pending: number };
  /** The last entry of the log by the server that made it. */
  readonly log: ReadonlyMap<number, number>;
}

const restore = "stop the server and restore a backup: rollcall restore FILE";

/** Beside a server that writes: what it commits meanwhile is not waited for. */
function opened<T>(directory: string, work: (database: Database) => T): T {
  const database = new SqliteDatabase(pathsIn(directory).database, { readonly: true, fileMustExist: true });
  try {
    database.pragma("busy_timeout = 5000");
    return work(database);
  } finally {
    database.close();
  }
}

export function shownByFile({ directory }: Patient): Shown {
  return opened(directory, (database) => {
    const value = (statement: string) => database.prepare(statement).pluck().get();
    const server: unknown = value("select id from server");
    return {
      server: server === undefined ? null : String(server),
      deletions: {
        // Those that are in the ledger are not kept.
        oldest: 0,
        newest: Number(value("select coalesce(max(number), 0) from deletions")),
        pending: Number(value("select count(*) from deletions where written = 0")),
      },
      log: new Map(new LogReader(database).reach().newest.map(({ server: of, seq }) => [of, seq])),
    };
  });
}

function whatIsWrong(database: Database, full: boolean): string | null {
  const found = String(database.pragma(full ? "integrity_check(1)" : "quick_check(1)", { simple: true }));
  return found === "ok" ? null : found;
}

export function examineDatabase({ directory, full }: Patient): Finding {
  return opened(directory, (database) => {
    const version = Number(database.pragma("user_version", { simple: true }));
    if (version > databaseVersion)
      return fail(
        "database",
        `it was written by a newer Rollcall (version ${version}, this program knows ${databaseVersion})`,
        "start that version",
      );
    const wrong = whatIsWrong(database, full);
    if (wrong !== null) return fail("database", `it is damaged: ${wrong}`, restore);
    const devices = Number(database.prepare("select count(*) from devices").pluck().get());
    const looked = full
      ? "every page and index looked at"
      : "looked at quickly; --full looks at its indexes, too";
    return ok("database", `version ${version}, ${devices} devices, ${looked}`);
  });
}

/** Its end is an index that is behind, not one that answers wrong; a server makes it anew by itself. */
export function examineIndex({ directory, full }: Patient, { log }: Shown): Finding {
  const folder = join(directory, "index");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => partIn(name) !== null) : [];
  if (names.length === 0)
    return ok("index", "there are no files of it; a server makes them where it needs them");
  let behind = 0;
  for (const name of names) {
    const part = openPartToRead(join(folder, name));
    if (!part) continue;
    try {
      const wrong = whatIsWrong(part, full);
      if (wrong !== null) return fail("index", `${name} is damaged: ${wrong}`, "rollcall reindex");
      for (const [server, seq] of part
        .prepare<[], [number, number]>("select server, seq from position")
        .raw()
        .all())
        behind = Math.max(behind, (log.get(server) ?? seq) - seq);
    } finally {
      part.close();
    }
  }
  return ok(
    "index",
    `${names.length} ${names.length === 1 ? "file" : "files"}, ${behind} transactions behind`,
  );
}

const keyBytes = 32;

export function examineLedger({ directory }: Patient, { deletions: shown }: Shown): Finding {
  const { ledger, ledgerKey } = pathsIn(directory);
  const second = readConfig(directory)["ledger.secondPlace"];
  const number = LedgerFile.open(ledger).entries.length;
  const keyWrong = existsSync(ledgerKey) && readFileSync(ledgerKey).length === keyBytes ? null : ledgerKey;
  if (number + shown.newest > 0 && keyWrong !== null)
    return fail(
      "ledger",
      `${keyWrong} is missing or damaged`,
      "restore it from a copy; without it nobody is recognised",
    );
  if (number < leastLedger(shown))
    return fail(
      "ledger",
      `${ledger} ends at ${number}, the database knows of ${shown.newest}`,
      "put the file back from its second place or a copy",
    );
  if (second !== "" && LedgerFile.open(second).entries.length < number)
    return warn(
      "ledger",
      `${second} has fewer entries than ${ledger}`,
      "see whether it can be written; the next start mends it",
    );
  const todo = "it is done before the first answer of the next start";
  if (number > shown.newest)
    return warn("ledger", `${number - shown.newest} deletions are to be replayed`, todo);
  if (number < shown.newest)
    return warn(
      "ledger",
      `${shown.newest - number} deletions are not in it yet`,
      "see whether it can be written; a server does it within a minute",
    );
  return ok("ledger", `${number} entries, and the database shows the same`);
}

/** What a ledger has at least: the others the database can still tell. */
const leastLedger = ({ oldest, newest, pending }: Shown["deletions"]) =>
  oldest > 0 ? oldest - 1 : newest - pending;

export function examineKeys({ directory }: Patient, { server }: Shown): Finding {
  const file = join(directory, "keys", "identity.pem");
  const key = readKey(file);
  const copy = "restore the folder keys from a copy; devices trust no other server";
  if (!key) return fail("keys", `${file} is missing`, copy);
  if (server !== null && key.publicKey !== server)
    return fail("keys", `${file} is that of server ${key.publicKey}, the database is of ${server}`, copy);
  return ok("keys", `they are those of server ${key.publicKey}`);
}
