/** The audit log holds together: whatever is changed in it is found, and what may be erased leaves it whole. */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { openServerKeys } from "../identity/server-keys.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { defineWrite } from "../store/store.ts";
import { jsonLines, runHere } from "../testing/command.ts";
import { placesOfText } from "../testing/stored-content.ts";
import { TestServer } from "../testing/test-server.ts";
import { enterAct, eraseName } from "./log.ts";
import { cutAuditLog } from "./retention.ts";

const day = 86_400_000;
const databaseIn = (directory: string) => join(directory, "rollcall.db");

/** A data directory whose log has six entries, one a day. */
async function logOfSix(): Promise<string> {
  const server = await TestServer.start();
  for (const name of ["a", "b", "c"]) {
    const made = await server.admin("POST", "/api/v1/applications", { name });
    t.equal(made.status, 201);
    server.ahead += day;
    await server.apiToken({ role: "viewer", name });
    server.ahead += day;
  }
  await server.stop();
  return server.directory;
}

async function verified(directory: string): Promise<string> {
  const { code, stdout, stderr } = await runHere(["audit", "verify", "--json", "--data", directory]);
  if (code !== 0) return stderr.replace(/^rollcall: the audit log was changed: (.*) \(data: .*\)\n$/, "$1");
  const { entries, ends } = Object(jsonLines(stdout)[0]);
  return `${entries} to ${Object(ends[0]).number}`;
}

function changeWith(directory: string, ...statements: string[]): void {
  const database = new SqliteDatabase(databaseIn(directory));
  for (const statement of statements) database.exec(statement);
  database.close();
}

const changes: Readonly<Record<string, string>> = {
  "update audit set account = 'os:eve' where number = 2":
    "the account of entry 2 is not the one that was entered",
  "update audit set subject = 'application:x' where number = 1":
    "the subject of entry 1 is not the one that was entered",
  "update audit set account = null where number = 2":
    "the account of entry 2 is not the one that was entered",
  "update audit set account_commitment = subject_commitment, account = null, account_salt = null where number = 3":
    "entry 3 does not fit the one before it",
  "update audit set at = at + 1 where number = 4": "entry 4 does not fit the one before it",
  "update audit set action = 'audit.cut' where number = 4": "entry 4 does not fit the one before it",
  "update audit set request_id = null where number = 5": "entry 5 does not fit the one before it",
  "delete from audit where number = 3": "entry 3 is missing",
  "delete from audit where number = 1": "entry 1 is missing",
  "delete from audit where number = 3; update audit set number = number - 1 where number > 3":
    "entry 3 does not fit the one before it",
  "delete from audit where number = 6": "entry 6 is missing at the end of its chain",
  "delete from audit": "entry 6 is missing at the end of its chain",
  "insert into audit_checkpoint select 1, 1, hash, '2026-01-01T00:00:00.000Z', replace(hex(zeroblob(43)), '0', 'A') from audit where number = 1; delete from audit where number = 1":
    "the checkpoint's signature does not fit",
};

t.test("finds every change that was made past the server", async (t) => {
  const directory = await logOfSix();
  t.equal(await verified(directory), "6 to 6");
  const database = new SqliteDatabase(databaseIn(directory));
  const copy = join(t.testdir({}), "copy.db");
  database.exec(`vacuum into '${copy}'`);
  database.close();
  for (const [statement, fault] of Object.entries(changes)) {
    changeWith(directory, statement);
    t.equal(await verified(directory), fault, statement);
    changeWith(
      directory,
      `attach '${copy}' as copy`,
      "delete from audit; insert into audit select * from copy.audit; delete from audit_checkpoint",
    );
  }
  t.equal(await verified(directory), "6 to 6");
});

t.test("is whole after a name was erased, of which nothing is left", async (t) => {
  const directory = await logOfSix();
  const store = await openSqliteStore(databaseIn(directory));
  const act = { action: "application.create", at: Date.now() + 10 * day, requestId: null } as const;
  await store.commit([
    enterAct({ ...act, account: "os:quagga", subject: "os:okapi" }),
    enterAct({ ...act, account: "os:okapi", subject: "os:quagga" }),
    enterAct({ ...act, account: "os:okapi2", subject: "os:quagga" }),
  ]);
  t.same(placesOfText(directory, "okapi"), ["audit.account", "audit.subject", "file rollcall.db-wal"]);
  const erase = defineWrite({ name: "erase", run: eraseName });
  await store.commit([erase("os:okapi"), erase("os:quagga")]);
  await store.scrub();
  await store.close();
  t.same(placesOfText(directory, "quagga"), []);
  t.same(placesOfText(directory, "okapi"), ["audit.account", "file rollcall.db"]);
  const { stdout } = await runHere([
    "audit",
    "--columns",
    "account,subject",
    "--csv",
    "--limit",
    "3",
    "--data",
    directory,
  ]);
  t.same(stdout.split("\n").slice(1, 4), ["os:okapi2,(erased)", "(erased),(erased)", "(erased),(erased)"]);
  t.equal(await verified(directory), "9 to 9");
});

t.test("is whole from its checkpoint on when the oldest part is cut", async (t) => {
  const directory = await logOfSix();
  const store = await openSqliteStore(databaseIn(directory));
  const keys = openServerKeys(directory, Date.now);
  const cut = (before: number) => cutAuditLog({ store, keys, now: Date.now }, before);
  t.same(await cut(Date.now() - day), []);
  t.match(await cut(Date.now() + 1.5 * day), [{ chain: 1, number: 2 }]);
  t.same(await cut(Date.now() + 1.5 * day), []);
  await store.close();
  t.equal(await verified(directory), "4 to 6");
  const again = await openSqliteStore(databaseIn(directory));
  const rest = await cutAuditLog({ store: again, keys, now: Date.now }, Date.now() + 100 * day);
  t.match(rest, [{ chain: 1, number: 6 }]);
  await again.close();
  t.equal(await verified(directory), "0 to 6");
  changeWith(directory, "update audit_checkpoint set number = 5");
  t.equal(await verified(directory), "the checkpoint's signature does not fit");
});
