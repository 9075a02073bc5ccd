/** Several servers enter what accounts change, each in a chain of its own, and what they sign joins the chains. */
import { sql } from "kysely";
import { Client } from "pg";
import t, { type Test } from "tap";
import { openPostgresStore } from "../store/postgres-store.ts";
import { defineWrite } from "../store/store.ts";
import { jsonLines, runHere } from "../testing/command.ts";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import type { TestServer } from "../testing/test-server.ts";
import { twoServers } from "../testing/two-servers.ts";
import { enterAct } from "./log.ts";

const act = (subject: string) =>
  enterAct({ account: "server", action: "application.create", subject, at: Date.now(), requestId: null });

/** What the command finds: how many entries in which chains, or what is wrong. */
async function verified({ directory }: TestServer): Promise<unknown> {
  const { code, stdout, stderr } = await runHere(["audit", "verify", "--json", "--data", directory]);
  if (code !== 0) return stderr.replace(/^rollcall: the audit log was changed: (.*) \(data: .*\)\n$/, "$1");
  const { entries, ends } = Object(jsonLines(stdout)[0]);
  return [entries, ...ends.map((end: unknown) => `${Object(end).chain}/${Object(end).number}`)];
}

async function clientOf(t: Test, url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

/** Waits in its transaction for a lock that a test holds. */
const wait = defineWrite({
  name: "wait-for-test",
  async run(transaction, _input: null): Promise<void> {
    await sql`select pg_advisory_xact_lock(1, 1)`.execute(transaction);
  },
});

t.test("audit chains of several servers", { skip: withoutPostgres }, async (t) => {
  t.test("grow without waiting for each other", async (t) => {
    const url = await postgresDatabase();
    const client = await clientOf(t, url);
    const [one, other] = [await openPostgresStore(url), await openPostgresStore(url)];
    t.teardown(() => Promise.all([one.close(), other.close()]));
    await client.query("select pg_advisory_lock(1, 1)");
    const held = one.commit([act("application:one"), wait(null)]);
    await other.commit([act("application:other")]);
    await other.commit([act("application:another")]);
    await client.query("select pg_advisory_unlock(1, 1)");
    await held;
    const { rows } = await client.query("select chain, number, subject from audit order by chain, number");
    t.same(rows, [
      { chain: "1", number: "1", subject: "application:one" },
      { chain: "2", number: "1", subject: "application:other" },
      { chain: "2", number: "2", subject: "application:another" },
    ]);
  });

  t.test("hold together, and nothing can be taken from one that the others do not tell", async (t) => {
    const url = await postgresDatabase();
    const client = await clientOf(t, url);
    const servers = await twoServers(t, url);
    const [one, other] = servers;
    const enter = async (...names: readonly string[]) => {
      for (const [index, name] of names.entries()) {
        const server = index % 2 === 0 ? one : other;
        t.equal((await server.admin("POST", "/api/v1/applications", { name })).status, 201);
      }
    };
    await enter("a", "b", "c", "d", "e");
    for (const server of servers) await server.tend();
    await enter("f", "g");
    for (const server of servers) t.same(await verified(server), [7, "1/4", "2/3"]);
    for (const server of servers) await server.tend();

    const undone: Readonly<Record<string, string>> = {
      "delete from audit where chain = 2 and number = 3": "entry 2/3 is missing at the end of its chain",
      "delete from audit where chain = 2": "entry 2/3 is missing at the end of its chain",
      "delete from audit where chain = 1 and number > 2": "entry 4 is missing at the end of its chain",
      "delete from audit where chain = 2; delete from audit_joins where chain = 2":
        "what joins chain 2 to the others is missing, or an older one",
      "update audit_joins set ends = '[]' where chain = 1":
        "the signature of what joins chain 1 to the others does not fit",
      "update audit set chain = 3 where chain = 2": "entry 3/1 does not fit the one before it",
    };
    for (const table of ["audit", "audit_joins"])
      await client.query(`create table kept_${table} as table ${table}`);
    for (const [statement, fault] of Object.entries(undone)) {
      await client.query(statement);
      for (const server of servers) t.equal(await verified(server), fault, statement);
      await t.rejects(one.tend(), { message: /^the audit log was changed: / }, statement);
      for (const table of ["audit", "audit_joins"])
        await client.query(`delete from ${table}; insert into ${table} table kept_${table}`);
    }
    for (const server of servers) t.same(await verified(server), [7, "1/4", "2/3"]);
    for (const server of servers) await server.tend();
  });

  t.test("go on where they were when their servers are started again", async (t) => {
    const url = await postgresDatabase();
    const [one, other] = await twoServers(t, url);
    const enter = async (server: TestServer, name: string) => {
      for (const each of [one, other]) each.ahead += 1_000;
      t.equal((await server.admin("POST", "/api/v1/applications", { name })).status, 201);
    };
    await enter(one, "a");
    await enter(other, "b");
    await other.restart();
    await enter(other, "c");
    await enter(one, "d");
    t.same(await verified(one), [4, "1/2", "2/2"]);
    const listed = await runHere(["audit", "--columns", "number", "--csv", "--data", one.directory]);
    t.same(listed.stdout.split("\n").slice(1, 5), ["2", "2/2", "2/1", "1"]);
  });
});
