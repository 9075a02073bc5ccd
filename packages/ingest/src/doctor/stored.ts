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
export function examineIndex({ directory, full }: Patient): Finding {
  const folder = join(directory, "index");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => partIn(name) !== null) : [];
  if (names.length === 0)
    return ok("index", "there are no files of it; a server makes them where it needs them");
  const reach = opened(directory, (database) => new LogReader(database).reach());
  const newest = new Map(reach.newest.map(({ server, seq }) => [server, seq]));
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
        behind = Math.max(behind, (newest.get(server) ?? seq) - seq);
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

export function examineLedger({ directory }: Patient): Finding {
  const { ledger, ledgerKey } = pathsIn(directory);
  const second = readConfig(directory)["ledger.secondPlace"];
  const shown = opened(directory, (database) => ({
    number: Number(database.prepare("select coalesce(max(number), 0) from deletions").pluck().get()),
    pending: Number(database.prepare("select count(*) from deletions where written = 0").pluck().get()),
  }));
  const number = LedgerFile.open(ledger).entries.length;
  const keyWrong = existsSync(ledgerKey) && readFileSync(ledgerKey).length === keyBytes ? null : ledgerKey;
  if (number + shown.number > 0 && keyWrong !== null)
    return fail(
      "ledger",
      `${keyWrong} is missing or damaged`,
      "restore it from a copy; without it nobody is recognised",
    );
  if (number < shown.number - shown.pending)
    return fail(
      "ledger",
      `${ledger} ends at ${number}, the database knows of ${shown.number}`,
      "put the file back from its second place or a copy",
    );
  if (second !== "" && LedgerFile.open(second).entries.length < number)
    return warn(
      "ledger",
      `${second} has fewer entries than ${ledger}`,
      "see whether it can be written; the next start mends it",
    );
  const todo = "it is done before the first answer of the next start";
  if (number > shown.number)
    return warn("ledger", `${number - shown.number} deletions are to be replayed`, todo);
  if (shown.pending > 0)
    return warn(
      "ledger",
      `${shown.pending} deletions are not in it yet`,
      "see whether it can be written; a server does it within a minute",
    );
  return ok("ledger", `${number} entries, and the database shows the same`);
}

export function examineKeys({ directory }: Patient): Finding {
  const file = join(directory, "keys", "identity.pem");
  const server: unknown = opened(directory, (database) =>
    database.prepare("select id from server").pluck().get(),
  );
  const key = readKey(file);
  const copy = "restore the folder keys from a copy; devices trust no other server";
  if (!key) return fail("keys", `${file} is missing`, copy);
  if (server !== undefined && key.publicKey !== server)
    return fail(
      "keys",
      `${file} is that of server ${key.publicKey}, the database is of ${String(server)}`,
      copy,
    );
  return ok("keys", `they are those of server ${key.publicKey}`);
}
