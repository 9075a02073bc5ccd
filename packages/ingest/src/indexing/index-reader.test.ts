/** The index against a naive reading of what it was fed with: made-up fleets, callers and questions. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type Query, RollcallError } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import type { Scope } from "../store/scope.ts";
import type {
  DevicePosition,
  FacetValue,
  IndexCondition,
  IndexQuery,
  TitleCount,
  TitlePosition,
} from "../store/search-index.ts";
import { facetOf, fed, holds, live, readable, titlesOf } from "../testing/index-model.ts";
import { indexedDevices, indexedOrdinals } from "../testing/indexed-devices.ts";
import { rounds } from "../testing/long.ts";
import { IndexReader } from "./index-reader.ts";
import { IndexWriter } from "./index-writer.ts";
import { compareValues } from "./ordering.ts";

const directory = t.testdir({});
const text = fc.constantFrom("a", "A", "é", "a\0", "%", "_");
const comparison = fc.constantFrom("=", "<", "<=", ">", ">=") as fc.Arbitrary<"=" | "<" | "<=" | ">" | ">=">; // as listed
const condition: fc.Arbitrary<IndexCondition> = fc.oneof(
  fc.record({ kind: fc.constant("word" as const), text }),
  fc.record({
    kind: fc.constant("text" as const),
    field: fc.constantFrom("os", "model", "serial", "host", "software", "group"),
    text,
  }),
  fc.record({
    kind: fc.constant("number" as const),
    field: fc.constant("disk"),
    comparison,
    number: fc.constantFrom(0, 1, 2),
  }),
  fc.record({
    kind: fc.constant("like" as const),
    field: fc.constantFrom(null, "os", "host"),
    pieces: fc.array(fc.constantFrom("", "a", "%"), { minLength: 2, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("version" as const),
    field: fc.constant("software"),
    title: text,
    comparison,
    version: fc.constantFrom("1", "1.0", "2"),
  }),
  fc.record({
    kind: fc.constant("time" as const),
    field: fc.constantFrom("seen", "first"),
    comparison: fc.constantFrom("<" as const, ">" as const),
    at: fc.constantFrom(1, 2, 3),
  }),
  fc.record({
    kind: fc.constant("flag" as const),
    flag: fc.constantFrom("retired" as const, "in-doubt" as const),
  }),
);
const query: fc.Arbitrary<IndexQuery> = fc.letrec<{ query: Query<IndexCondition> }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3 },
    condition,
    fc.record({
      kind: fc.constantFrom("all" as const, "any" as const),
      parts: fc.array(tie("query"), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant("not" as const), part: tie("query") }),
  ),
})).query;
const scope: fc.Arbitrary<Scope> = fc.record({
  devices: fc.oneof(
    fc.constant({ kind: "all" as const }),
    fc.record({ kind: fc.constant("groups" as const), groups: fc.subarray(["a", "A", "%"]) }),
    fc.record({ kind: fc.constant("installation" as const), ordinal: fc.constantFrom(7, 8) }),
  ),
  sensitive: fc.boolean(),
  purpose: fc.constant("inventory" as const),
});
const order = fc.record({
  by: fc.constantFrom("enrolled" as const, "hostname" as const, "lastSeenAt" as const),
  descending: fc.boolean(),
});
const grouped = fc.record({ device: indexedDevices, group: fc.constantFrom("a", "A", "%") });
const fleet = fc.array(fc.tuple(indexedOrdinals, grouped), { maxLength: 8 });

/** All pages of a list, put together. */
async function walked<T, P>(
  ask: (after: P | null) => Promise<{ items: readonly T[]; next: P | null }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let after: P | null = null; ; ) {
    const { items, next }: { items: readonly T[]; next: P | null } = await ask(after);
    all.push(...items);
    if (next === null) return all;
    after = next;
  }
}

const question = fc.record({
  scope,
  query,
  order,
  limit: fc.constantFrom(1, 2, 50),
  field: fc.constantFrom("os", "serial", "host", "disk", "software", "group"),
  word: text,
});

t.test("answers every caller as what it was fed with does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fleet,
      fc.array(question, { minLength: 1, maxLength: 6 }),
      async (changes, questions) => {
        const at = mkdtempSync(join(directory, "index-"));
        const writer = new IndexWriter(at);
        const devices = fed(changes);
        const ordinals = [...new Set(changes.map(([ordinal]) => ordinal))];
        writer.merge(
          ordinals.map((ordinal) => ({ ordinal, device: devices.get(ordinal) ?? null })),
          [],
        );
        const reader = new IndexReader(at, live, 60_000);
        for (const { scope, query, order, limit, field, word } of questions) {
          const there = [...readable(devices, scope)].filter(([ordinal, values]) =>
            holds(values, ordinal, query),
          );
          const found = there.map(([, values]) => values);
          const sortedBy = {
            enrolled: (ordinal: number) => ordinal,
            hostname: (ordinal: number) => devices.get(ordinal)?.sortName ?? "",
            lastSeenAt: (ordinal: number) => live.seenAt(ordinal),
          }[order.by];
          const sorted = there
            .map(([ordinal]) => ordinal)
            .sort((a, b) => compareValues(sortedBy(a), sortedBy(b)) || a - b);
          const pages = await walked<number, DevicePosition>(async (after) => {
            const page = await reader.devices(scope, query, { order, limit, after });
            assert.equal(page.total, there.length);
            return { items: page.ordinals, next: page.next };
          });
          assert.deepEqual(pages, order.descending ? sorted.reverse() : sorted);
          const values = await walked<FacetValue, FacetValue>((after) =>
            reader.facet(scope, field, query, { limit, after }),
          );
          assert.deepEqual(values, facetOf(found, field));
          const titles = await walked<unknown, TitlePosition>((after) =>
            reader.titles(scope, [word], query, { limit, after }),
          );
          assert.deepEqual(titles, titlesOf(found, word));
          const ranked = await walked<TitleCount, TitleCount>((after) =>
            reader.titlesByCount(scope, [word], query, { limit, after, exact: limit !== 50 }),
          );
          assert.deepEqual(
            ranked,
            titlesOf(found, word).sort((a, b) => b.devices - a.devices),
          );
        }
        reader.close();
        writer.close();
      },
    ),
    { numRuns: rounds(60, 1_000) },
  );
});

t.test("ends a question that takes longer than it may", async (t) => {
  const at = mkdtempSync(join(directory, "index-"));
  const writer = new IndexWriter(at);
  writer.merge([{ ordinal: 1, device: { sortName: "a", values: [] } }], []);
  const reader = new IndexReader(at, live, -1);
  t.teardown(() => {
    reader.close();
    writer.close();
  });
  const scope: Scope = { devices: { kind: "all" }, sensitive: true, purpose: "inventory" };
  const order = { by: "enrolled", descending: false } as const;
  const asked = reader.devices(scope, { kind: "all", parts: [] }, { order, limit: 1, after: null });
  await t.rejects(asked, new RollcallError("query-too-slow"));
});
