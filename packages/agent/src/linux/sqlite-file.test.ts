// SQLite files, held against SQLite itself: whatever a table holds, in whatever state file and log are.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import t, { type Test } from "tap";
import { inMemory, Malformed } from "./partly-read.ts";
import { sqliteTable } from "./sqlite-file.ts";
import { columnNames, type SqliteRow } from "./sqlite-row.ts";

/** A database in which SQL was run, as its file and its log are while it is open, after some of which it was copied. */
function made(t: Test, ...statements: string[]): { readonly file: Buffer; readonly log: Buffer } {
  const path = join(t.testdir(), "made.sqlite");
  const database = new DatabaseSync(path);
  t.teardown(() => database.close());
  for (const statement of statements) database.exec(statement);
  return {
    file: readFileSync(path),
    log: existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0),
  };
}

const table = "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c);";

const rowOf = (row: SqliteRow) => [row.id, row.text("a"), row.integer("b"), bytesOf(row)];
const bytesOf = (row: SqliteRow) => {
  const blob = row.blob("c");
  return blob && Buffer.from(blob.read(0, blob.size)).toString("hex");
};
const rowsOf = ({ file, log }: { file: Buffer; log?: Buffer }) =>
  sqliteTable(inMemory(file), log && inMemory(log), "t", rowOf);

t.test("tells what is in a row, of every kind and size", async (t) => {
  const numbers = [0, 1, -1, 127, -129, 32_768, -8_388_609, 2 ** 31, -(2 ** 47), 2 ** 52, null, "1.5"];
  const inserts = numbers.map(
    (number, index) => `INSERT INTO t VALUES (${index}, 'é${index}', ${number}, x'0${index % 10}ff');`,
  );
  const found = rowsOf(made(t, table, ...inserts));
  const whole = (number: unknown) => (typeof number === "number" ? number : undefined);
  t.same(found, {
    damaged: 0,
    values: numbers.map((number, index) => [index, `é${index}`, whole(number), `0${index % 10}ff`]),
  });
  t.equal(sqliteTable(inMemory(made(t, table).file), undefined, "none", rowOf), undefined);
});

t.test("tells tables of many levels and values on many pages, on pages of every size", async (t) => {
  for (const pageSize of [512, 4_096, 65_536]) {
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO t SELECT i, 'row ' || i, i * 7, zeroblob(i % 700) FROM n;`;
    const large = "INSERT INTO t VALUES (9000, 'large', 1, zeroblob(300000));";
    const { file } = made(
      t,
      `PRAGMA page_size = ${pageSize};`,
      table,
      many,
      large,
      "DELETE FROM t WHERE id % 3 = 0",
    );
    const found = sqliteTable(inMemory(file), undefined, "t", (row) => [
      row.id,
      row.text("a"),
      row.blob("c")?.size,
    ]);
    const wanted = Array.from({ length: 3_000 }, (_, index) => index + 1)
      .filter((id) => id % 3 !== 0)
      .map((id): unknown[] => [id, `row ${id}`, id % 700]);
    t.same(found, { damaged: 0, values: wanted }, `${pageSize}`);
  }
});

t.test("reads any part of a value that lies on many pages", async (t) => {
  const value = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 31) % 251));
  const { file } = made(
    t,
    "PRAGMA page_size = 512;",
    table,
    `INSERT INTO t VALUES (1, '', 0, x'${value.toString("hex")}')`,
  );
  const parts: [number, number][] = [
    [0, 10],
    [400, 200],
    [19_990, 100],
    [5_000, 3_000],
    [0, 20_000],
    [20_000, 1],
  ];
  const found = sqliteTable(inMemory(file), undefined, "t", (row) =>
    parts.map(([at, length]) => Buffer.from(row.blob("c")?.read(at, length) ?? [])),
  );
  t.same(
    found?.values[0],
    parts.map(([at, length]) => value.subarray(at, at + length)),
  );
});

t.test("tells what is in the log only, to the last commit", async (t) => {
  const wal = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;";
  const open = made(
    t,
    wal,
    table,
    "INSERT INTO t VALUES (1, 'a', 1, NULL);",
    "UPDATE t SET a = 'b';",
    "INSERT INTO t VALUES (2, 'c', 2, NULL);",
  );
  const one = [1, "b", 1, undefined];
  const both = { damaged: 0, values: [one, [2, "c", 2, undefined]] };
  t.same(rowsOf(open), both);
  t.equal(rowsOf({ file: open.file }), undefined, "the file has not even the table");
  const torn = { ...open, log: open.log.subarray(0, -100) };
  t.same(rowsOf(torn), { damaged: 0, values: [one] });
  const flipped = Buffer.from(open.log);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 5) ^ 1, flipped.length - 5);
  t.same(rowsOf({ ...open, log: flipped }), { damaged: 0, values: [one] });
  const large = made(
    t,
    wal,
    table,
    "INSERT INTO t VALUES (1, 'b', 1, NULL);",
    "INSERT INTO t VALUES (2, 'c', 2, zeroblob(9000));",
  );
  t.equal(rowsOf(large)?.values.length, 2);
  const uncommitted = { ...large, log: large.log.subarray(0, -100) };
  t.same(rowsOf(uncommitted), { damaged: 0, values: [one] }, "pages without the commit count for nothing");
  const written = made(
    t,
    wal,
    table,
    "INSERT INTO t VALUES (1, 'b', 1, NULL); INSERT INTO t VALUES (2, 'c', 2, NULL);",
    "PRAGMA wal_checkpoint",
    "BEGIN; UPDATE t SET a = 'no'",
  );
  t.same(rowsOf(written), both, "frames of an earlier round count for nothing");
});

t.test("passes over what is damaged, and goes in no circles", async (t) => {
  const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO t SELECT i, 'row ' || i, i, zeroblob(2000) FROM n;`;
  const { file } = made(t, "PRAGMA page_size = 512;", table, many);
  const all = rowsOf({ file })?.values ?? [];
  t.equal(all.length, 500);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 600, max: file.length - 1 }), fc.nat(255)), { maxLength: 40 }),
      (changes) => {
        const damaged = Buffer.from(file);
        for (const [at, byte] of changes) damaged.writeUInt8(byte, at);
        try {
          const found = rowsOf({ file: damaged });
          assert.ok((found?.values.length ?? 0) <= 70_000);
        } catch (error) {
          assert.ok(error instanceof Malformed);
        }
      },
    ),
    { numRuns: 60 },
  );
  const half = rowsOf({ file: file.subarray(0, file.length / 2) });
  t.ok((half?.values.length ?? 0) > 100 && (half?.damaged ?? 0) > 0);
  const circle = Buffer.from(file);
  // Every page names the second one as the next of its chain.
  for (let page = 3; page * 512 < circle.length; page++) circle.writeUInt32BE(3, page * 512);
  t.ok((rowsOf({ file: circle })?.damaged ?? 0) > 0);
});

t.test("refuses what is no database of its kind, in words", async (t) => {
  const { file } = made(t, table);
  const changed = (at: number, ...bytes: number[]) => {
    const other = Buffer.from(file);
    other.set(bytes, at);
    return other;
  };
  t.throws(() => rowsOf({ file: Buffer.alloc(0) }), { message: "is no SQLite database" });
  t.throws(() => rowsOf({ file: Buffer.from("SQLite format 3\0") }), { message: "is no SQLite database" });
  t.throws(() => rowsOf({ file: changed(0, 0) }), { message: "is no SQLite database" });
  t.throws(() => rowsOf({ file: changed(16, 3, 3) }), { message: "has no page size" });
  t.throws(() => rowsOf({ file: changed(56, 0, 0, 0, 2) }), { message: "is not in UTF-8" });
  t.throws(() => rowsOf({ file: changed(100, 99) }), { message: "has a damaged list of tables" });
});

t.test("takes no log of another database", async (t) => {
  const { file } = made(t, table, "INSERT INTO t VALUES (1, 'a', 1, NULL)");
  const other = made(t, "PRAGMA page_size = 512; PRAGMA journal_mode = WAL;", table);
  t.equal(rowsOf({ file, log: other.log })?.values.length, 1);
  t.equal(rowsOf({ file, log: Buffer.from("no log") })?.values.length, 1);
});

t.test("names columns as the statement does that made the table", async (t) => {
  const statement = `CREATE TABLE IF NOT EXISTS 'x' (id INTEGER PRIMARY KEY, "key" TEXT NOT NULL DEFAULT (max(1, 2)),
    [odd one] BLOB, Plain, CHECK (id > 0), PRIMARY KEY (a, b), added INTEGER DEFAULT 0)`;
  t.same(columnNames(statement), ["id", "key", "odd one", "plain", "added"]);
  t.same(columnNames("nonsense"), []);
});
