// The query language against made-up text and made-up queries.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { RollcallError } from "./problem.ts";
import { type Comparison, type Condition, joined, negated, type Query } from "./query.ts";
import { parseQuery } from "./query-parser.ts";
import type { QueryField } from "./query-values.ts";
import { allSections } from "./registry.ts";
import { searchFieldsOf } from "./search-values.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { written } from "./testing/written-query.ts";

const fields: ReadonlyMap<string, QueryField> = new Map<string, QueryField>([
  ...searchFieldsOf(allSections),
  ["seen", { name: "seen", as: "time", sensitive: false }],
]);
const parse = (source: string): Query => parseQuery(source, { fields, now: 1_773_000_000_000 });

function readOrRefuse(source: string): Query | null {
  try {
    return parse(source);
  } catch (error) {
    assert.ok(error instanceof RollcallError && error.code === "query-invalid");
    const position = /^At position (\d+): .*[.?]$|^A query has at most/s.exec(error.message);
    assert.ok(position, error.message);
    assert.ok(Number(position[1] ?? 1) <= source.length + 1, error.message);
    return null;
  }
}

const fragments = [
  ...'-:"\\<>=*?()/ ',
  ...["os", "memory", "ip", "8GiB", "10.0.0.1", "10.0.0.0/8", "a", "OR", "NOT", "model:", "software:"],
  ...["seen:<7d", "software:openssl<3"],
];

t.test("reads of any text a query that means the same when it is written out, or refuses it", async () => {
  const parts = fc.constantFrom(...fragments);
  const sources = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(parts, { maxLength: 14 }).map((some) => some.join("")),
    fc.array(fc.oneof(parts, fc.string()), { maxLength: 6 }).map((some) => some.join("")),
    fc.array(parts, { maxLength: 14 }).map((some) => some.join(" ")),
  );
  fc.assert(
    fc.property(sources, (source) => {
      const query = readOrRefuse(source);
      if (query) assert.deepEqual(parse(written(query)), query);
    }),
    { numRuns: 1_000 },
  );
});

const values = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 12 });
const comparisons = fc.constantFrom<Comparison[]>("=", "<", "<=", ">", ">=");
const orders = fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const);
const textField = fc.constantFrom("os", "model", "serial", "software", "os.version");
const pieces = fc
  .array(values, { minLength: 2, maxLength: 4 })
  .chain((inner) => fc.constantFrom(inner, ["", ...inner], [...inner, ""]));

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  values.map((text) => ({ kind: "word" as const, text })),
  fc.tuple(textField, values).map(([field, text]) => ({ kind: "text" as const, field, text })),
  fc
    .tuple(fc.option(textField), pieces)
    .map(([field, some]) => ({ kind: "like" as const, field, pieces: some })),
  fc
    .tuple(fc.constantFrom("memory", "cores"), comparisons, fc.nat())
    .map(([field, comparison, number]) => ({ kind: "number" as const, field, comparison, number })),
  fc.tuple(values, comparisons, values).map(([title, comparison, version]) => ({
    kind: "version" as const,
    field: "software",
    title,
    comparison,
    version,
  })),
  fc
    .tuple(fc.nat(255), fc.integer({ min: 8, max: 32 }))
    .map(([byte, bits]) => ({ kind: "network" as const, field: "ip", network: `${byte}.0.0.0/${bits}` })),
  fc
    .tuple(orders, fc.integer({ min: 0, max: Date.parse("9999-12-31") }))
    .map(([comparison, at]) => ({ kind: "time" as const, field: "seen", comparison, at })),
);

/** Queries as the parser gives them: joined and negated in the one form of it. */
const queries = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4 },
    conditions,
    fc
      .tuple(
        fc.constantFrom("all" as const, "any" as const),
        fc.array(tie("query"), { minLength: 1, maxLength: 3 }),
      )
      .map(([kind, parts]) => joined(kind, parts)),
    tie("query").map((part) => negated(part)),
  ),
})).query;

t.test("reads back every query that is written out", async () => {
  fc.assert(
    fc.property(queries, (query) => {
      assert.deepEqual(parse(written(query)), query);
    }),
    { numRuns: 500 },
  );
});
