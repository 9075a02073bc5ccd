/** Items of shared lists, read once for all devices: what is found by them is what each device told. */
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import t from "tap";
import { sectionStates } from "../records/sections.ts";
import type { Schema } from "../store/schema.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { machine } from "../testing/machine.ts";
import { emptyDatabases, StoredFleet } from "../testing/stored-fleet.ts";
import { readDevices } from "./device-source.ts";
import type { Change } from "./indexed-device.ts";
import { ItemValues } from "./item-values.ts";

const newDatabase = await emptyDatabases(t.testdir({}));
const file = newDatabase();
const fleet = new StoredFleet(await openSqliteStore(file));
const queries = new Kysely<Schema>({ dialect: new SqliteDialect({ database: new SqliteDatabase(file) }) });
t.teardown(async () => {
  await queries.destroy();
  await fleet.store.close();
});
for (const packages of [["openssl 1", "zlib 1"], ["openssl 2", "zlib 1"], ["zlib 1"]]) {
  const at = fleet.members.length;
  await fleet.enrol("lab", 0);
  await fleet.tell(at, machine({ hostname: `host-${at}`, packages }));
}
const ordinals = [1, 2, 3];

const titlesOf = (changes: readonly Change[]): string[][] =>
  changes.map(({ device }) =>
    (device?.values ?? []).flatMap((value) =>
      value.as === "title" ? [`${value.title} ${value.version} ${value.source}`] : [],
    ),
  );
const titles = async (items: ItemValues, of: readonly number[] = ordinals) =>
  titlesOf(await readDevices(queries, of, items)).map((each) => each.sort());
const all = [["openssl 1 deb", "zlib 1 deb"], ["openssl 2 deb", "zlib 1 deb"], ["zlib 1 deb"]];

t.test("are the same for whoever has them, known before or not", async (t) => {
  const items = new ItemValues();
  t.same(await titles(items, [1]), [all[0]]);
  t.same(await titles(items), all);
  items.forget();
  t.same(await titles(items), all);
  t.same(await titles(new ItemValues()), all);
});

t.test("are read once, and again when they were let go of", async (t) => {
  const items = new ItemValues();
  await titles(items);
  const { body } = await queries
    .selectFrom("items")
    .select("body")
    .where("body", "like", "%zlib%")
    .executeTakeFirstOrThrow();
  const become = (text: string) =>
    queries.updateTable("items").set({ body: text }).where("body", "like", "%lib%").execute();
  await become(body.replace("zlib", "glib"));
  t.same(await titles(items), all);
  items.forget();
  t.same(await titles(items), [[], [], []], "nothing is found by what is not what was stored");
  await become(body);
  t.same(await titles(items), all);
});

t.test("leave out a section one of whose items is gone, and no other", async (t) => {
  await queries.deleteFrom("items").where("body", "like", '%2"}').execute();
  const items = new ItemValues();
  const read = await readDevices(queries, ordinals, items);
  t.same(
    titlesOf(read).map((each) => each.sort()),
    [all[0], [], all[2]],
  );
  const has = (read[1]?.device?.values ?? []).flatMap((value) =>
    "text" in value && value.field === "has" ? [value.text] : [],
  );
  t.same(
    has,
    (await sectionStates(queries, 2)).map(({ name }) => name),
    "that it is there is told",
  );
});
