/** What the index holds after any history of changes, crashes among them, and that nothing of what ended stays. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SearchValue } from "@rollcall/protocol";
import SqliteDatabase from "better-sqlite3";
import fc from "fast-check";
import t from "tap";
import { indexContent } from "../testing/index-content.ts";
import { indexedDevices, indexedOrdinals } from "../testing/indexed-devices.ts";
import { rounds } from "../testing/long.ts";
import { IndexDamaged } from "./index-damaged.ts";
import { IndexWriter } from "./index-writer.ts";
import type { Change, IndexedDevice } from "./indexed-device.ts";
import { openPartToRead, partFile } from "./part-file.ts";

const directory = t.testdir({});
const fresh = (): string => mkdtempSync(join(directory, "index-"));

const changes: fc.Arbitrary<Change> = fc.record({ ordinal: indexedOrdinals, device: indexedDevices });

t.test("holds after any history what it would hold if made at once", async () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ merged: fc.array(changes, { maxLength: 5 }), reopened: fc.boolean() })),
      (history) => {
        const [grown, made] = [fresh(), fresh()];
        let writer = new IndexWriter(grown);
        const last = new Map<number, Change>();
        for (const [at, { merged, reopened }] of history.entries()) {
          writer.merge(merged, [{ server: 1, seq: at }]);
          for (const change of merged) last.set(change.ordinal, change);
          if (!reopened) continue;
          writer.close();
          writer = new IndexWriter(grown);
        }
        writer.close();
        const atOnce = new IndexWriter(made);
        atOnce.merge([...last.values()], []);
        atOnce.close();
        assert.deepEqual(indexContent(grown), indexContent(made));
      },
    ),
    { numRuns: rounds(60, 3_000) },
  );
});

const term = (text: string): SearchValue => ({
  as: "term",
  field: "os",
  text,
  words: true,
  sensitive: false,
});
const key = (text: string): SearchValue => ({ as: "key", field: "host", text, words: true, sensitive: true });
const device = (...of: readonly SearchValue[]): IndexedDevice => ({ sortName: "ada-7", values: of });

t.test("keeps nothing of a device that is gone in any file", async (t) => {
  const at = fresh();
  const writer = new IndexWriter(at);
  t.teardown(() => writer.close());
  const written = () =>
    readdirSync(at)
      .map((name) => readFileSync(join(at, name), "latin1"))
      .join("");
  writer.merge(
    [
      { ordinal: 7, device: device(term("Hannah-Montana-Linux"), key("ada-7")) },
      { ordinal: 8, device: device(term("Debian")) },
    ],
    [{ server: 1, seq: 1 }],
  );
  t.match(written(), "Hannah-Montana-Linux");
  t.match(written(), "ada-7");
  writer.merge([{ ordinal: 7, device: null }], [{ server: 1, seq: 2 }]);
  writer.scrub();
  t.notMatch(written(), /Hannah|ada-7.*ada-7/);
  t.match(written(), "Debian");
});

t.test("never gives a number of a term to another one", async (t) => {
  const at = fresh();
  const writer = new IndexWriter(at);
  const ids = (): unknown[] => {
    const database = openPartToRead(partFile(at, 0));
    const rows =
      database
        ?.prepare("select terms.id, shown from terms join names on names.id = terms.name")
        .raw()
        .all() ?? [];
    database?.close();
    return rows;
  };
  writer.merge([{ ordinal: 1, device: device(term("a"), term("b")) }], []);
  writer.merge([{ ordinal: 1, device: device(term("a")) }], []);
  t.same(ids(), [[1, "a"]]);
  writer.merge([{ ordinal: 1, device: device(term("a"), term("c")) }], []);
  t.same(ids(), [
    [1, "a"],
    [3, "c"],
  ]);
  writer.close();
});

t.test("undoes a merge that fails, and goes on from there", async (t) => {
  const at = fresh();
  const writer = new IndexWriter(at);
  t.teardown(() => writer.close());
  writer.merge([{ ordinal: 1, device: device(term("a")) }], [{ server: 1, seq: 1 }]);
  const before = indexContent(at);
  const broken = { as: "number", field: "disk", number: Number.NaN, sensitive: false } as const;
  t.throws(() => writer.merge([{ ordinal: 2, device: device(term("b"), broken) }], [{ server: 1, seq: 2 }]));
  t.same(indexContent(at), before);
  t.same(writer.position(), [{ server: 1, seq: 1 }]);
  writer.merge([{ ordinal: 2, device: device(term("b")) }], [{ server: 1, seq: 2 }]);
  t.same(indexContent(at).devices[2]?.length, 3);
});

t.test("tells a damaged part from a good one", async (t) => {
  const at = fresh();
  const writer = new IndexWriter(at);
  writer.merge([{ ordinal: 1, device: device(term("a")) }], []);
  writer.close();
  const file = partFile(at, 0);
  const whole = readFileSync(file);
  const opened = () => new IndexWriter(at).close();
  t.doesNotThrow(opened);
  writeFileSync(file, Buffer.concat([Buffer.from("no database"), whole.subarray(11)]));
  t.throws(opened, IndexDamaged);
  writeFileSync(file, whole);
  const database = new SqliteDatabase(file);
  database.exec("update bitmaps set body = x'00'");
  database.close();
  const other = new IndexWriter(at);
  t.throws(() => other.merge([{ ordinal: 1, device: null }], []), IndexDamaged);
  other.close();
  const newer = new SqliteDatabase(file);
  newer.pragma("user_version = 99");
  newer.close();
  t.throws(opened, IndexDamaged);
});

t.test("notices that a part is missing, and begins a new one where the others are", async (t) => {
  const at = fresh();
  const writer = new IndexWriter(at);
  writer.merge([{ ordinal: 1, device: device(term("a")) }], [{ server: 1, seq: 5 }]);
  writer.merge([{ ordinal: 2 ** 20, device: device(term("b")) }], [{ server: 2, seq: 7 }]);
  t.same(writer.position(), [
    { server: 1, seq: 5 },
    { server: 2, seq: 7 },
  ]);
  writer.close();
  t.doesNotThrow(() => new IndexWriter(at).close());
  rmSync(partFile(at, 1));
  t.throws(() => new IndexWriter(at).close(), IndexDamaged);
});
