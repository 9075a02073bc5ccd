/** A scrub between whose slices others write: what was deleted before it is in no byte of the file afterwards. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Chance } from "../testing/chance.ts";
import { CurrentValues } from "./current-values.ts";
import { openSqliteWriter } from "./sqlite-writer.ts";
import { defineWrite } from "./store.ts";

const chance = new Chance(7);

/** Bytes of a slice: 2,048 pages. */
const slice = 8 * 2 ** 20;

const add = defineWrite({
  name: "add",
  async run(transaction, rows: readonly { number: string; name: string }[]): Promise<void> {
    for (let from = 0; from < rows.length; from += 500) {
      const values = rows.slice(from, from + 500).map((row) => ({ ...row, created_at: 0 }));
      await transaction.insertInto("applications").values(values).execute();
    }
  },
});
const remove = defineWrite({
  name: "remove",
  async run(transaction, numbers: readonly string[]): Promise<void> {
    await transaction.deleteFrom("applications").where("number", "in", numbers).execute();
  },
});

/** Rows of many lengths in a random order; `mark` is in each twice. */
const rows = (round: number, count: number, mark: string) =>
  Array.from({ length: count }, (_, index) => {
    const number = `${chance.number(round, index, 1).toString(36)} ${mark}-${round}-${index}`;
    return { number, name: `${number} ${"x".repeat(chance.number(round, index, 2) % 900)}` };
  });

t.test("takes copies with it that moved meanwhile from a slice not yet cleared", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const writer = await openSqliteWriter(file, new CurrentValues());
  // Rows that come and go, so that there are copies of what has moved all over the file.
  const stay: string[] = [];
  for (let round = 0; round < 12; round++) {
    const [some, gone] = [rows(round, 4_000, "stay"), rows(round, 2_000, "gone")];
    const mixed = some.flatMap((row, index) => [row, ...gone.slice(index, index + 1)]);
    await writer.transact([[add(mixed)]]);
    await writer.transact([[remove(gone.map(({ number }) => number))]]);
    stay.push(...some.map(({ number }) => number));
  }
  await writer.bringHome();
  t.ok(readFileSync(file).includes("gone-"), "the control: secure_delete alone leaves some");
  let slices = 0;
  for (let scrubbed = ""; scrubbed !== "whole"; slices++) {
    scrubbed = await writer.scrub(slices === 0 ? "first" : "next");
    const before = readFileSync(file).subarray(0, (slices + 1) * slice);
    t.notOk(before.includes("gone-"), `nothing is left before slice ${slices + 1}`);
    await writer.transact([[add(rows(100 + slices, 6_000, "other"))]]);
    await writer.transact([[remove(stay.splice(0, 6_000))]]);
  }
  t.ok(slices > 3, `${slices} slices`);
  for (let scrubbed = await writer.scrub("first"); scrubbed !== "whole"; )
    scrubbed = await writer.scrub("next");
  await writer.transact([[add(rows(199, 10, "other"))]]);
  t.equal(
    await writer.scrub("first"),
    "whole",
    "the next time only what was written since is looked through",
  );
  t.ok(statSync(file).size > 3 * slice);
  await writer.transact([[add(rows(200, 10, "other"))]]);
  t.notOk(readFileSync(`${file}-wal`).includes("gone-"));
  t.not(statSync(`${file}-wal`).size, 0, "the last write is still in the log");
  await writer.close();
  t.notOk(readFileSync(file).includes("gone-"), "nor does the log bring any home");
  const database = new SqliteDatabase(file, { readonly: true });
  t.equal(database.pragma("integrity_check", { simple: true }), "ok");
  database.close();
});

t.test("tells that something still reads what was there, and does it afterwards", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const writer = await openSqliteWriter(file, new CurrentValues());
  await writer.transact([[add(rows(0, 10, "stay"))]]);
  const reader = new SqliteDatabase(file, { readonly: true });
  reader.exec("begin");
  reader.prepare("select count(*) from applications").get();
  await writer.transact([[add(rows(1, 10, "stay"))]]);
  t.equal(await writer.scrub("first"), "blocked");
  reader.exec("commit");
  t.equal(await writer.scrub("first"), "whole");
  t.equal(statSync(`${file}-wal`).size, 0);
  reader.close();
  await writer.close();
});
