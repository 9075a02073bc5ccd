/** A deleted device is in no table any more, whatever tables there are: each is filled for it first. */
import { join } from "node:path";
import SqliteDatabase, { type Database } from "better-sqlite3";
import t from "tap";
import { z } from "zod";
import { type TablePlace, tables } from "../store/forgetting.ts";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { TestServer } from "../testing/test-server.ts";

const columnInfo = z.object({ name: z.string(), type: z.string(), notnull: z.int(), pk: z.int() });
const ordinals = z.object({ installation: z.int(), device: z.int() });
type Ordinals = z.infer<typeof ordinals>;

const holding = Object.entries<TablePlace<Record<string, unknown>>>(tables).flatMap(([table, { forgets }]) =>
  typeof forgets === "string"
    ? []
    : [
        "device" in forgets
          ? { table, columns: forgets.device, of: "device" as const }
          : { table, columns: forgets.installation, of: "installation" as const },
      ],
);

/** Rows of a device by table and the column that names it. */
function rowsOf(database: Database, of: Ordinals): Record<string, number> {
  return Object.fromEntries(
    holding.flatMap((place) =>
      place.columns.map((column) => {
        const count = database.prepare(`select count(*) from ${place.table} where ${column} = ?`).pluck();
        return [`${place.table}.${column}`, z.int().parse(count.get(of[place.of]))];
      }),
    ),
  );
}

/** A row in every table and for every column that names the device, where it has none yet. */
function fill(database: Database, of: Ordinals): void {
  for (const { table, columns, of: whose } of holding)
    for (const column of columns) {
      if (rowsOf(database, of)[`${table}.${column}`] !== 0) continue;
      const needed = z
        .array(columnInfo)
        .parse(database.pragma(`table_info(${table})`))
        .filter(
          ({ name, notnull, pk, type }) => name === column || notnull === 1 || (pk > 0 && !/int/i.test(type)),
        );
      const values = needed.map(({ name, type }) =>
        name === column ? of[whose] : /int|real/i.test(type) ? of.device : `of ${of.device}`,
      );
      const names = needed.map(({ name }) => name);
      const marks = names.map(() => "?").join(", ");
      database.prepare(`insert into ${table} (${names.join(", ")}) values (${marks})`).run(values);
    }
}

t.test("leaves no row of a deleted device in any table, and every row of another", async (t) => {
  const server = await TestServer.start();
  t.teardown(() => server.remove());
  const [device, other] = [await server.device(), await server.device()];
  for (const each of [device, other]) {
    await each.checkedIn({ readings: { "operating-system": { uptimeSeconds: 5 } } });
    await each.sent(machine({}));
  }
  const database = new SqliteDatabase(join(server.directory, "rollcall.db"));
  t.teardown(() => database.close());
  const find = database.prepare("select ordinal as installation, device from installations where id = ?");
  const [of, ofOther] = [device, other].map(({ installation }) => ordinals.parse(find.get(installation)));
  if (!of || !ofOther) throw new Error("not enrolled");
  for (const each of [of, ofOther]) fill(database, each);
  const kept = rowsOf(database, ofOther);
  t.notOk(
    Object.values({ ...kept, ...rowsOf(database, of) }).includes(0),
    "the control: each table is filled",
  );
  t.equal(outcomeOf(await server.admin("DELETE", `/api/v1/devices/${device.device}`)), "200");
  t.same(rowsOf(database, of), Object.fromEntries(Object.keys(kept).map((name) => [name, 0])));
  t.same(rowsOf(database, ofOther), kept);
});
