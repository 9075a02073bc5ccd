/** Titles by how many devices have any of their versions, page by page. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { SearchValue } from "@rollcall/protocol";
import t from "tap";
import type { Scope } from "../store/scope.ts";
import type { FacetValue, IndexQuery } from "../store/search-index.ts";
import { live } from "../testing/index-model.ts";
import { IndexReader } from "./index-reader.ts";
import { IndexWriter } from "./index-writer.ts";

const titled = (name: string, version: string, sensitive = false): SearchValue => {
  return { as: "title", field: "software", title: name, version, source: "deb", sensitive };
};
const term = (field: string, text: string): SearchValue => {
  return { as: "term", field, text, words: false, sensitive: false };
};
const inFirstPart = 2_400;
const device = (at: number) => ({
  sortName: "",
  values: [
    term("part", at < inFirstPart ? "first" : "second"),
    titled("both", "1"),
    titled("both", "2"),
    ...(at % 2 === 0 ? [titled("second", "1"), titled("either", "2")] : []),
    ...(at % 3 === 0 ? [titled("third", "1"), titled("either", "3")] : []),
    ...(at % 7 === 0 ? [titled(`rare-${at}`, "1")] : []),
    ...(at === 3_000 ? [titled("secret", "1", true)] : []),
  ],
});
const ordinals = [
  ...Array.from({ length: inFirstPart }, (_, at) => at),
  ...Array.from({ length: 601 }, (_, at) => 2 ** 20 + at),
];

const directory = mkdtempSync(join(t.testdir({}), "index-"));
const writer = new IndexWriter(directory);
const merge = (from: number, to: number) =>
  writer.merge(
    ordinals.slice(from, to).map((ordinal, at) => ({ ordinal, device: device(from + at) })),
    [],
  );
merge(0, 1_000);
const reader = new IndexReader(directory, live, 60_000);
t.teardown(() => {
  reader.close();
  writer.close();
});

/** The first fifteen of the devices up to one, a few a page. */
async function paged(query: IndexQuery, sensitive: boolean): Promise<unknown[]> {
  const scope: Scope = { devices: { kind: "all" }, sensitive, purpose: "inventory" };
  const all: unknown[] = [];
  for (let after: FacetValue | null = null; all.length < 15; ) {
    const { items, next } = await reader.facet(scope, "software", query, { limit: 3, after });
    all.push(...items.map(({ value, devices }) => [value, devices]));
    if (!next) break;
    after = next;
  }
  return all;
}

function expected(count: number): unknown[] {
  const many = (nth: number) => Math.ceil(count / nth);
  const rare = Array.from({ length: many(7) }, (_, at) => `rare-${at * 7}`).sort();
  return [
    ["both", many(1)],
    ["either", many(2) + many(3) - many(6)],
    ["second", many(2)],
    ["third", many(3)],
    ...rare.map((name) => [name, 1]),
  ].slice(0, 15);
}

const everything: IndexQuery = { kind: "all", parts: [] };
const first: IndexQuery = { kind: "text", field: "part", text: "first" };

t.test("counts a device once for a title that it has in several versions", async (t) => {
  t.same(await paged(everything, false), expected(1_000));
});

t.test("knows titles that came since, in one part and in two", async (t) => {
  merge(1_000, ordinals.length);
  t.same(await paged(first, false), expected(inFirstPart));
  t.same(await paged(everything, false), expected(ordinals.length));
  // With the field of sensitive ones there are two of that name.
  t.same(await paged(first, true), expected(inFirstPart));
});

t.test("counts none that nobody has any more", async (t) => {
  writer.merge(
    ordinals.slice(0, 700).map((ordinal) => ({ ordinal, device: null })),
    [],
  );
  const [both, , , , rare] = await paged(first, false);
  t.same(
    [both, rare],
    [
      ["both", inFirstPart - 700],
      ["rare-1001", 1],
    ],
  );
});
