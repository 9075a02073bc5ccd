/** `rollcall doctor` asks PostgreSQL: all is well with a real one, and each thing that is not is named. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import t from "tap";
import { z } from "zod";
import { serverNumbers } from "../store/postgres-locks.ts";
import { jsonLines, runHere } from "../testing/command.ts";
import { told } from "../testing/machine.ts";
import { PostgresServer, withoutPostgres } from "../testing/postgres.ts";
import { TestServer } from "../testing/test-server.ts";

const finding = z.strictObject({
  check: z.string(),
  state: z.enum(["ok", "warn", "fail"]),
  found: z.string(),
  todo: z.string().nullable(),
});

const checks = [
  ...["server", "node", "directory", "files", "configuration", "disk", "clock"],
  ...["database", "durability", "database-clock", "connections", "standbys", "log"],
  ...["index", "ledger", "keys", "certificate"],
];

t.test("the doctor of a server on PostgreSQL", { skip: withoutPostgres }, async (t) => {
  // As the program has it.
  process.umask(0o077);
  const postgres = await PostgresServer.begin({ fsync: "on", max_connections: "40" });
  const url = await postgres.database();
  const database = new URL(url).pathname.slice(1);
  const server = await TestServer.start(undefined, { database: url });
  t.teardown(() => rmSync(server.directory, { recursive: true, force: true }));
  await told(server);
  const other = await told(server, { hostname: "bob", serial: "bob" });
  await server.admin("DELETE", `/api/v1/devices/${other.device}`);
  const client = new Client(url);
  await client.connect();
  t.teardown(() => client.end());

  const findings = async (at = url) => {
    const args = ["doctor", "--data", server.directory, "--json", "--database", at];
    const { code, stdout } = await runHere(args);
    return { code, all: jsonLines(stdout).map((line) => finding.parse(line)) };
  };
  const complaints = async (at = url) => {
    const { code, all } = await findings(at);
    return [
      code,
      ...all.filter(({ state }) => state !== "ok").map(({ check, state }) => `${state} ${check}`),
    ];
  };
  /** Does this to the database, and undoes it. */
  const changed = (change: string, undo: string) => async () => {
    await client.query(change);
    return () => client.query(undo);
  };

  await t.test("finds everything well, beside a server that runs and without one", async (t) => {
    const { code, all } = await findings();
    t.same([code, all.map(({ check }) => check)], [0, checks]);
    t.same(
      all.filter(({ state }) => state !== "ok"),
      [],
    );
    await server.stop();
    writeFileSync(join(server.directory, "config.json"), JSON.stringify({ "database.url": url }));
    const { stdout } = await runHere(["doctor", "--data", server.directory]);
    t.match(
      stdout,
      /^ok {3}database +postgres:.*, PostgreSQL 1\d.*, 1 devices$/m,
      "the one that is configured",
    );
    rmSync(join(server.directory, "config.json"));
  });

  const setting = async (name: string, value: string) => {
    await client.query(value === "" ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`);
    await client.query("select pg_reload_conf()");
    const shown = async () => (await client.query(`show ${name}`)).rows[0][name];
    while ((await shown()) !== value) {}
  };
  const cases: readonly (readonly [string, () => Promise<() => unknown>, (string | number)[]])[] = [
    [
      "a newer database",
      changed(
        "update rollcall_version set version = version + 1000",
        "update rollcall_version set version = version - 1000",
      ),
      [1, "fail database"],
    ],
    [
      "one that is being filled",
      changed("create table rollcall_unfinished (name text)", "drop table rollcall_unfinished"),
      [1, "fail database"],
    ],
    [
      "commits that nobody waits for",
      changed(
        `alter database ${database} set synchronous_commit = off`,
        `alter database ${database} reset synchronous_commit`,
      ),
      [1, "fail durability"],
    ],
    [
      "a clock an hour ahead",
      changed(
        `create schema ahead; create function ahead.clock_timestamp() returns timestamptz language sql
          as $$ select pg_catalog.clock_timestamp() + interval '1 hour' $$;
          alter database ${database} set search_path = ahead, pg_catalog, public`,
        `alter database ${database} reset search_path; drop schema ahead cascade`,
      ),
      [1, "fail database-clock"],
    ],
    [
      "a standby that is not there",
      async () => {
        await setting("synchronous_standby_names", "nobody");
        return () => setting("synchronous_standby_names", "");
      },
      [1, "fail standbys"],
    ],
    [
      "hardly a connection left",
      async () => {
        const many = Array.from({ length: 25 }, () => new Client(url));
        await Promise.all(many.map((each) => each.connect()));
        return async () => {
          await Promise.all(many.map((each) => each.end()));
          // PostgreSQL hears of it a moment later.
          const sessions = `select from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`;
          while ((await client.query(sessions)).rowCount !== 0) {}
        };
      },
      [0, "warn connections"],
    ],
    [
      "a server that reads nothing",
      changed(
        `update log set at = at - 3600000; select pg_advisory_lock(${serverNumbers}, 9)`,
        `select pg_advisory_unlock(${serverNumbers}, 9)`,
      ),
      [0, "warn log"],
    ],
    [
      "a ledger that lags",
      async () => {
        renameSync(join(server.directory, "deletions.ledger"), join(server.directory, "away"));
        return () => renameSync(join(server.directory, "away"), join(server.directory, "deletions.ledger"));
      },
      [0, "warn ledger"],
    ],
    [
      "another server's data",
      changed("update server set id = 'x' || id", "update server set id = substr(id, 2)"),
      [1, "fail keys"],
    ],
  ];
  await t.test("names each thing that is wrong, and is silent again when it was mended", async (t) => {
    for (const [name, break_, expected] of cases) {
      const mend = await break_();
      t.same(await complaints(), expected, name);
      await mend();
    }
    t.same(await complaints(), [0]);
  });

  await t.test("tells where nobody answers, and goes on with what is here", async (t) => {
    const { code, all } = await findings("postgres://postgres:secret@127.0.0.1:1/nowhere");
    t.equal(code, 1);
    const database = all.find(({ check }) => check === "database");
    t.match(database, { state: "fail", found: /^postgres:\/\/127.0.0.1:1\/nowhere cannot be reached/ });
    t.notMatch(JSON.stringify(all), /secret/);
    t.equal(all.at(-1)?.check, "certificate");
  });
});
