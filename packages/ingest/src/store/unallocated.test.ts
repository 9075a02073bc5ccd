/** What is deleted is in no byte of the file, wherever SQLite had moved it before. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Chance } from "../testing/chance.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineWrite } from "./store.ts";
import { unallocatedIn } from "./unallocated.ts";

const add = defineWrite({
  name: "add",
  async run(transaction, rows: readonly { number: string; name: string }[]): Promise<void> {
    const values = rows.map((row) => ({ ...row, created_at: 0 }));
    await transaction.insertInto("applications").values(values).execute();
  },
});
const remove = defineWrite({
  name: "remove",
  async run(transaction, numbers: readonly string[]): Promise<void> {
    await transaction.deleteFrom("applications").where("number", "in", numbers).execute();
  },
});

/** Changes every row where it stands. */
const touch = defineWrite({
  name: "touch",
  async run(transaction, at: number): Promise<void> {
    await transaction.updateTable("applications").set({ created_at: at }).execute();
  },
});

/** Rows of many lengths that come and go in a random order; calls `looked` with the marks of the deleted ones. */
async function stir(
  change: {
    add(rows: readonly { number: string; name: string }[]): Promise<void>;
    remove(numbers: readonly string[]): Promise<void>;
  },
  looked: (deleted: readonly string[]) => Promise<void>,
): Promise<void> {
  const chance = new Chance(5);
  const there: string[] = [];
  const deleted: string[] = [];
  for (let round = 0; round < 60; round++) {
    const rows = Array.from({ length: 20 }, (_, index) => {
      const mark = `mark-${chance.number(round, index, 1).toString(36)}-end`;
      return { number: mark, name: `${mark} ${"x".repeat(chance.number(round, index, 2) % 180)}` };
    });
    await change.add(rows);
    there.push(...rows.map(({ number }) => number));
    const gone = Array.from({ length: 12 }, (_, each) =>
      there.splice(chance.number(round, each, 3) % there.length, 1),
    ).flat();
    await change.remove(gone);
    deleted.push(...gone);
    await looked(deleted);
  }
}

const standingIn = (file: string, marks: readonly string[]): string[] => {
  const bytes = readFileSync(file);
  return marks.filter((mark) => bytes.includes(mark));
};

/** What stands in the unallocated space of the pages of a write-ahead log (fileformat2, 4.1). */
function unallocatedInLog(file: string): string[] {
  const [bytes, header, frame, pageSize] = [readFileSync(file), 32, 24, 4_096];
  const found: string[] = [];
  for (let at = header + frame; at < bytes.length; at += frame + pageSize) {
    const page = bytes.subarray(at, at + pageSize);
    const [from, to] = unallocatedIn(page, bytes.readUInt32BE(at - frame) === 1) ?? [0, 0];
    const left = page.subarray(from, to);
    if (left.some((byte) => byte !== 0)) found.push(left.toString("latin1"));
  }
  return found;
}

t.test("is not in the file after a scrub, nor after what is written next", async (t) => {
  const file = join(t.testdir({}), "rollcall.db");
  const store = await openSqliteStore(file);
  const change = {
    add: async (rows: readonly { number: string; name: string }[]) => void (await store.commit([add(rows)])),
    remove: async (numbers: readonly string[]) => void (await store.commit([remove(numbers)])),
  };
  await stir(change, async (deleted) => {
    await store.scrub();
    t.same(standingIn(file, deleted), []);
    // A page that a connection had kept in memory would bring back what was in it.
    await store.commit([touch((deleted.length / 12) % 2)]);
    t.not(statSync(`${file}-wal`).size, 0);
    t.same(unallocatedInLog(`${file}-wal`), []);
  });
  await store.close();
  const database = new SqliteDatabase(file, { readonly: true });
  t.equal(database.pragma("integrity_check", { simple: true }), "ok");
  t.equal(database.prepare("select count(*) from applications").pluck().get(), 60 * (20 - 12));
  database.close();
});

t.test("would be with secure_delete alone: the control", async (t) => {
  const file = join(t.testdir({}), "plain.db");
  const database = new SqliteDatabase(file);
  database.pragma("secure_delete = ON");
  database.exec("create table applications (number text primary key, name text)");
  const [insert, drop] = [
    database.prepare("insert into applications values (@number, @name)"),
    database.prepare("delete from applications where number = ?"),
  ];
  let standing: string[] = [];
  const change = {
    add: async (rows: readonly object[]) => rows.forEach((row) => void insert.run(row)),
    remove: async (numbers: readonly string[]) => numbers.forEach((number) => void drop.run(number)),
  };
  await stir(change, async (deleted) => {
    standing = [...new Set([...standing, ...standingIn(file, deleted)])];
  });
  database.close();
  t.not(standing.length, 0);
});

t.test("finds the space that no cell has, and none in pages of another kind", async (t) => {
  const page = Buffer.alloc(4_096);
  const leaf = (type: number, at: number) => {
    page.fill(0);
    page.writeUInt8(type, at);
    page.writeUInt16BE(3, at + 3);
    page.writeUInt16BE(4_000, at + 5);
    return page;
  };
  t.same(unallocatedIn(leaf(0x0d, 0), false), [14, 4_000]);
  t.same(unallocatedIn(leaf(0x0a, 100), true), [114, 4_000]);
  t.same(unallocatedIn(leaf(0x05, 0), false), [18, 4_000]);
  t.equal(unallocatedIn(leaf(0x00, 0), false), null);
  page.writeUInt8(0x0d, 0);
  page.writeUInt16BE(5_000, 5);
  t.equal(unallocatedIn(page, false), null, "no page ends there");
});
