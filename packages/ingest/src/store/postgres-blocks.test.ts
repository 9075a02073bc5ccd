/** Blocks on PostgreSQL: in every key of every table of devices, and given by every statement. */
import { readFileSync } from "node:fs";
import { sql } from "kysely";
import t, { type Test } from "tap";
import { machine } from "../testing/machine.ts";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import { TestServer } from "../testing/test-server.ts";
import { blockedTables, blockOf } from "./blocks.ts";
import { tables } from "./forgetting.ts";
import { connect } from "./postgres-dialect.ts";
import { openNotes } from "./postgres-dirty.ts";
import { preparePostgres } from "./postgres-store.ts";

t.test("docs/scale.md tells of every table how it is distributed", (t) => {
  const told = readFileSync(new URL("../../../../docs/scale.md", import.meta.url), "utf8");
  t.same(
    Object.keys(tables).filter((name) => !told.includes(`\`${name}\``)),
    [],
  );
  t.end();
});

t.test("blocks", { skip: withoutPostgres }, async (t) => {
  async function prepared(t: Test) {
    const url = await postgresDatabase();
    await preparePostgres(url);
    const database = connect(url, { max: 1 }, openNotes);
    t.teardown(() => database.destroy());
    return { url, database };
  }

  t.test("are in every key of every table of devices, and in no other table", async (t) => {
    const { database } = await prepared(t);
    const { rows } = await sql<{ table: string; key: string; has: boolean }>`
      select c.relname as "table", k.relname as key, coalesce(a.attnum = any(i.indkey), false) as has
      from pg_index i join pg_class k on k.oid = i.indexrelid join pg_class c on c.oid = i.indrelid
        left join pg_attribute a on a.attrelid = c.oid and a.attname = 'block'
      where i.indisunique and c.relnamespace = current_schema()::regnamespace
    `.execute(database);
    const ofDevices = new Set(blockedTables.map(([table]) => table));
    t.same(
      rows.filter(({ table, has }) => has !== ofDevices.has(table)),
      [],
      "keys that hold a block, and those that do not",
    );
    const { rows: having } = await sql<{ name: string }>`
      select table_name as name from information_schema.columns
      where column_name = 'block' and is_nullable = 'NO' and table_schema = current_schema()
    `.execute(database);
    t.same(having.map(({ name }) => name).sort(), [...ofDevices].sort());
    const holding = Object.entries(tables).filter(([, { forgets }]) => typeof forgets !== "string");
    t.same(Object.keys(blockOf).sort(), holding.map(([name]) => name).sort());
  });

  t.test("stay as they are when the database is opened again", async (t) => {
    const { url, database } = await prepared(t);
    const keys = async () =>
      (
        await sql`select conrelid::regclass::text as name, pg_get_constraintdef(oid) as text from pg_constraint
          where connamespace = current_schema()::regnamespace order by oid`.execute(database)
      ).rows;
    const before = await keys();
    await preparePostgres(url);
    t.same(await keys(), before);
  });

  t.test("are the ordinal's, whoever inserts a row", async (t) => {
    const { database } = await prepared(t);
    const place = { latitude: 0, longitude: 0, by: "admin", at: 0 };
    const asked = database.withoutPlugins();
    await database
      .insertInto("places")
      .values({ device: 65_535, ...place })
      .execute();
    await asked
      .insertInto("places")
      .values({ device: 65_536, ...place })
      .execute();
    await database.updateTable("places").set({ device: 131_072 }).where("device", "=", 65_536).execute();
    const { rows } = await sql`select device, block from places order by device`.execute(database);
    t.same(rows, [
      { device: 65_535, block: 0 },
      { device: 131_072, block: 2 },
    ]);
  });

  t.test("are given by every statement about a device, without the triggers", async (t) => {
    const { url, database } = await prepared(t);
    for (const [table] of blockedTables)
      await sql`drop trigger rollcall_block on ${sql.table(table)}`.execute(database);
    for (const table of ["devices", "installations"] as const)
      await sql`select setval(pg_get_serial_sequence(${table}, 'ordinal'), 70000)`.execute(database);
    const server = await TestServer.start(undefined, { database: url });
    t.teardown(() => server.remove());
    const device = await server.device({ grant: "all" });
    await device.checkedIn();
    await device.sent(machine({ hostname: "lovelace" }));
    await device.sent(machine({ hostname: "byron" }));
    t.equal((await server.admin("GET", `/api/v1/devices/${device.device}`)).status, 200);
    await server.tend();
    const blocks: Record<string, unknown> = {};
    for (const [table] of blockedTables) {
      const { rows } = await sql<{ block: number }>`
        select distinct block from ${sql.table(table)}
      `.execute(database);
      if (rows.length > 0) blocks[table] = rows;
    }
    const [inBlock] = [[{ block: 1 }]];
    t.match(blocks, {
      devices: inBlock,
      installations: inBlock,
      records: inBlock,
      changes: inBlock,
      section_history: inBlock,
    });
    for (const rows of Object.values(blocks)) t.same(rows, inBlock);
  });

  t.test("are named by statements that name an ordinal", async (t) => {
    const { database } = await prepared(t);
    const installation = 65_537;
    const texts = [
      database
        .selectFrom("section_history")
        .select("name")
        .where("installation", "=", installation)
        .where("name", "=", "os"),
      database.updateTable("section_history").set({ whole: 1 }).where("installation", "=", installation),
      database
        .deleteFrom("section_history")
        .where("name", "=", "os")
        .where("installation", "=", installation),
    ].map((query) => query.compile().sql);
    t.same(texts, [
      `select "name" from "section_history" where "installation" = $1 and "name" = $2 and "block" = ($3)::bigint >> 16`,
      `update "section_history" set "whole" = $1 where "installation" = $2 and "block" = ($3)::bigint >> 16`,
      `delete from "section_history" where "name" = $1 and "installation" = $2 and "block" = ($3)::bigint >> 16`,
    ]);
  });
});
