/** Every page that a connection writes is named by its write-ahead log, whoever brings that home and whatever is undone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { Chance } from "../testing/chance.ts";
import { PageSet } from "./page-set.ts";
import { PagesInLog } from "./pages-in-log.ts";

const pageSize = 4_096;

/** Numbers of the pages in which two files differ, or that only one has. */
function changedPages(before: Buffer, after: Buffer): number[] {
  const count = Math.max(before.length, after.length) / pageSize;
  const page = (file: Buffer, index: number) => file.subarray(index * pageSize, (index + 1) * pageSize);
  return Array.from({ length: count }, (_, index) => index + 1).filter(
    (number) => !page(before, number - 1).equals(page(after, number - 1)),
  );
}

t.test("names every page that was written, however the log began anew", async (t) => {
  const chance = new Chance(11);
  const file = join(t.testdir({}), "rollcall.db");
  const database = new SqliteDatabase(file);
  const other = new SqliteDatabase(file);
  t.teardown(() => [other, database].forEach((each) => void each.close()));
  database.pragma("journal_mode = WAL");
  database.pragma("wal_autocheckpoint = 40");
  // So that a transaction that is undone has written in the log by then.
  database.pragma("cache_size = 10");
  database.exec("create table things (id integer primary key, body blob)");
  database.pragma("wal_checkpoint(TRUNCATE)");
  const write = database.prepare("insert or replace into things values (?, randomblob(?))");
  const change = (round: number, rows: number) => {
    for (let row = 0; row < rows; row++)
      write.run(chance.number(round, row, 1) % 3_000, chance.number(round, row, 2) % 900);
  };
  const log = new PagesInLog(`${file}-wal`, pageSize);
  t.teardown(() => log.close());
  let [before, named] = [readFileSync(file), new Set<number>()];
  const missing: number[] = [];
  const counts = { named: 0, changed: 0 };
  for (let round = 0; round < 400; round++) {
    const what = chance.number(round, 0, 3) % 8;
    database.exec("begin");
    change(round, what === 0 ? 300 : 1 + (chance.number(round, 0, 4) % 20));
    database.exec(what <= 1 ? "rollback" : "commit");
    log.read((page) => named.add(page));
    if (what === 2) other.pragma("wal_checkpoint(PASSIVE)");
    if (what === 3) other.pragma("wal_checkpoint(RESTART)");
    if (what !== 4) continue;
    database.pragma("wal_checkpoint(TRUNCATE)");
    const after = readFileSync(file);
    const changed = changedPages(before, after);
    missing.push(...changed.filter((page) => !named.has(page)));
    counts.named += named.size;
    counts.changed += changed.length;
    [before, named] = [after, new Set()];
  }
  t.same(missing, []);
  t.ok(counts.changed > 2_000, `${counts.changed} pages were changed`);
  t.ok(counts.named < 2 * counts.changed, `${counts.named} were named`);
});

t.test("keeps numbers of pages, and gives each once in their order", async (t) => {
  const pages = new PageSet();
  for (const page of [70_000, 3, 1, 8, 3, 100_000]) pages.add(page);
  t.same(pages.take(2), [1, 3]);
  pages.add(2);
  t.same(pages.take(3), [2, 8, 70_000]);
  t.notOk(pages.isEmpty);
  t.same(pages.take(Number.POSITIVE_INFINITY), [100_000]);
  t.ok(pages.isEmpty);
  t.same(pages.take(1), []);
});
