/** The most frequent titles of many devices: chosen from a sample unless the exact order is asked for, counted exactly. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { SearchValue } from "@rollcall/protocol";
import t from "tap";
import type { Scope } from "../store/scope.ts";
import type { IndexQuery, TitleCount } from "../store/search-index.ts";
import { live } from "../testing/index-model.ts";
import { IndexReader } from "./index-reader.ts";
import { IndexWriter } from "./index-writer.ts";

/** In two parts; every device has `every`, of each other title fewer devices than of the one before. */
const ordinals = [
  ...Array.from({ length: 2_400 }, (_, at) => at),
  ...Array.from({ length: 600 }, (_, at) => 2 ** 20 + at),
];
const halved = ["every", "half", "fourth", "eighth", "sixteenth"];

const title = (name: string, sensitive = false): SearchValue => {
  return { as: "title", field: "software", title: name, version: "1", source: "deb", sensitive };
};
const term = (field: string, text: string): SearchValue => {
  return { as: "term", field, text, words: false, sensitive: false };
};
const device = (at: number) => ({
  sortName: "",
  values: [
    ...halved.filter((_, power) => at % 2 ** power === 0).map((name) => title(name)),
    title("secret", true),
    title(`rare-${at}`),
    term("part", at < 2_400 ? "first" : "second"),
  ],
});

const directory = mkdtempSync(join(t.testdir({}), "index-"));
const writer = new IndexWriter(directory);
writer.merge(
  ordinals.map((ordinal, at) => ({ ordinal, device: device(at) })),
  [],
);
writer.close();
const reader = new IndexReader(directory, live, 60_000);
t.teardown(() => reader.close());

const everything: IndexQuery = { kind: "all", parts: [] };
const inFirstPart: IndexQuery = { kind: "text", field: "part", text: "first" };
const scope: Scope = { devices: { kind: "all" }, sensitive: false, purpose: "inventory" };

async function ranked(words: readonly string[], limit: number, exact: boolean) {
  const { items, ...rest } = await reader.titlesByCount(scope, words, everything, {
    limit,
    after: null,
    exact,
  });
  return { titles: items.map(({ name, devices }) => [name, devices]), ...rest };
}

const counted = halved.map((name, power) => [name, Math.ceil(ordinals.length / 2 ** power)]);

t.test("counts titles chosen from a sample on all devices, and says that they were", async (t) => {
  t.same(await ranked([], 5, false), { titles: counted, next: null, order: "sampled" });
  t.same(await ranked(["ALF"], 5, false), {
    titles: [["half", ordinals.length / 2]],
    next: null,
    order: "sampled",
  });
});

t.test("counts everything where the exact order is asked for", async (t) => {
  const first = await ranked([], 7, true);
  t.match(first, { order: "devices", next: { name: "rare-1" } });
  t.same(first.titles, [...counted, ["rare-0", 1], ["rare-1", 1]]);
});

t.test("goes on where a page ended, in one part as in two", async (t) => {
  for (const [at, group] of [
    [everything, ordinals],
    [inFirstPart, ordinals.slice(0, 2_400)],
  ] as const) {
    const all = [
      ...halved.map((name, power) => [name, Math.ceil(group.length / 2 ** power)]),
      ...group.map((_, number) => [`rare-${number}`, 1]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    ].slice(0, 40);
    const paged: unknown[] = [];
    for (let after: TitleCount | null = null; paged.length < 40; ) {
      const page = await reader.titlesByCount(scope, [], at, { limit: 8, after, exact: true });
      paged.push(...page.items.map(({ name, devices }) => [name, devices]));
      after = page.next;
    }
    t.same(paged, all);
  }
});

t.test("does not need a sample of few devices", async (t) => {
  const older: IndexQuery = { kind: "text", field: "software", text: "rare-8" };
  const page = { limit: 10, after: null, exact: false };
  t.same(await reader.titlesByCount(scope, [], older, page), {
    items: ["eighth", "every", "fourth", "half", "rare-8"].map((name) => {
      return { name, version: "1", source: "deb", devices: 1 };
    }),
    next: null,
    order: "devices",
  });
});

t.test("shows nothing that may not be read", async (t) => {
  for (const exact of [false, true]) {
    const page = { limit: 2, after: null, exact };
    for (const [sensitive, shown] of [
      [true, ["every", "secret"]],
      [false, ["every", "half"]],
    ] as const) {
      const { items } = await reader.titlesByCount({ ...scope, sensitive }, [], everything, page);
      t.same(
        items.map(({ name }) => name),
        shown,
      );
    }
  }
});
