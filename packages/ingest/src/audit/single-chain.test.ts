/** A database of the time when all servers had one chain: it is whole after its migration, and the first one goes on. */
import { join } from "node:path";
import { signCanonical } from "@rollcall/protocol";
import { sql } from "kysely";
import t from "tap";
import { openServerKeys } from "../identity/server-keys.ts";
import { migrate } from "../store/migrate.ts";
import { migrations } from "../store/migrations.ts";
import { connect } from "../store/sqlite-writer.ts";
import { jsonLines, runHere } from "../testing/command.ts";
import { TestServer } from "../testing/test-server.ts";

/** As that program stored them: of three entries the first was cut. */
const cut = { number: 1, hash: "JPLC2ARP2Q766nP13y5ZRi42xrX9wgqwdzMUukH-u-E" };
const rows = [
  [
    2,
    1767312000000,
    "application.create",
    null,
    "os:ada",
    "salt-a-2",
    "BAqb69HC8du_TZQE4UdKwYyQeFy2HpBN8QzwC08K88Y",
    "application:app-2",
    "salt-s-2",
    "AHLSw3oVh99C4bZY0HKvzLNMaTpNZLyTdvkuqtVLvrc",
    "9ul-CmOWYz-YjyvTi-6llhSEu4TTDxIX05FMlvWyD08",
  ],
  [
    3,
    1767398400000,
    "application.create",
    null,
    "os:ada",
    "salt-a-3",
    "c_3sbuzg82_YRVRcvf12rB51jNRnX3zg6dCxbZ9CayQ",
    "application:app-3",
    "salt-s-3",
    "tcIckAQvuUf9jwVB_OQn_RAvepPWBQ3BevKFXIDGKUQ",
    "n8et2UIn7A2F8-rWeBfje7MytXgpePljBcgACzuQUZQ",
  ],
];

t.test("keeps the chain that was everybody's, with its checkpoint", async (t) => {
  const directory = t.testdir({});
  const keys = openServerKeys(directory, Date.now);
  const server = keys.identity.publicKey;
  const { queries } = connect(join(directory, "rollcall.db"), false);
  const before = migrations.findIndex(({ name }) => name === "auditChains");
  await migrate(queries, "the database", migrations.slice(0, before));
  const statement = { use: "audit-checkpoint", server, ...cut, at: "2026-01-02T00:00:00.000Z" } as const;
  const signature = signCanonical(keys.identity, statement);
  await sql`insert into server (id) values (${server})`.execute(queries);
  await sql`insert into audit_checkpoint values (${cut.number}, ${cut.hash}, ${statement.at}, ${signature})`.execute(
    queries,
  );
  for (const row of rows) await sql`insert into audit values (${sql.join(row)})`.execute(queries);
  await queries.destroy();

  const verify = async () => {
    const { stdout, stderr } = await runHere(["audit", "verify", "--json", "--data", directory]);
    return stderr || jsonLines(stdout)[0];
  };
  t.match(await verify(), { entries: 2, ends: [{ chain: 1, number: 3, hash: rows[1]?.at(-1) }] });
  const running = await TestServer.start(directory);
  t.equal((await running.admin("POST", "/api/v1/applications", { name: "a" })).status, 201);
  await running.stop();
  t.match(await verify(), { entries: 3, ends: [{ chain: 1, number: 4 }] });
});
