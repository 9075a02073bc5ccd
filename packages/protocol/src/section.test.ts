// What a definition may not say, and what follows from one that stands.
import fc from "fast-check";
import t from "tap";
import {
  choice,
  type FieldFacts,
  flag,
  group,
  list,
  quantity,
  reading,
  required,
  type Shape,
  text,
} from "./fields.ts";
import { defineSection, sectionNamePattern } from "./section.ts";
import { madeUp } from "./testing/made-up-section.ts";

const plain: FieldFacts = { is: "A thing.", sensitivity: "plain" };
const counted = { ...plain, unit: "count", max: 9 } as const;
const name = required(text(8, plain));

function define(fields: Shape, more: { readonly name?: string; readonly retentionDays?: number } = {}) {
  return defineSection({
    name: "shelf",
    title: "Shelf",
    schema: 1,
    category: "network",
    purposes: ["inventory"],
    sources: {},
    fields,
    ...more,
  });
}

/** A list as somebody would declare it who gets past the types. */
const keyed = (key: readonly string[], shape: Shape) => {
  const built = list({ ...plain, max: 5, key: ["name"] }, { ...shape, name });
  return { ...built, key, shape };
};

t.test("refuses a definition that contradicts itself, and names the place", async (t) => {
  const items = { ...plain, max: 5, key: ["name"] } as const;
  const wrong: Readonly<Record<string, Shape>> = {
    "section shelf, field a: says nothing about itself": { a: text(8, { ...plain, is: " " }) },
    "section shelf, field a.b: says nothing about itself": {
      a: group(plain, { b: flag({ ...plain, is: "" }) }),
    },
    "section shelf, field a: a list needs a natural key": { a: keyed([], {}) },
    "section shelf, field a: key field b is not required": { a: keyed(["b"], { b: text(8, plain) }) },
    "section shelf, field a: key field c is not required": { a: keyed(["c"], { b: name }) },
    "section shelf, field a[].b: a list within a list has no natural key": {
      a: list(items, { name, b: list(items, { name }) }),
    },
    "section shelf, field a[].b.c: a list within a list has no natural key": {
      a: list(items, { name, b: group(plain, { c: list(items, { name }) }) }),
    },
    "section shelf, field a.b: a reading stands at the top or in a list there": {
      a: group(plain, { b: reading(counted) }),
    },
    "section shelf, field a[].b.c: a reading stands at the top or in a list there": {
      a: list(items, { name, b: group(plain, { c: reading(counted) }) }),
    },
    "section shelf, field a: what locates the device has to be optional": {
      a: required(text(8, { ...plain, locates: "always" })),
    },
    "section shelf, field a[].b: what locates the device has to be optional": {
      a: list(items, { name, b: required(text(8, { ...plain, locates: "public-address" })) }),
    },
    "section shelf, field a: only quantities are searched as numbers": {
      a: text(8, { ...plain, search: { field: "a", as: "number" } }),
    },
    "section shelf, field b: only quantities are searched as numbers": {
      b: reading({ ...counted, search: { field: "b", as: "number" } }),
    },
    "section shelf, field truncated: every section has it already": { truncated: flag(plain) },
  };
  for (const [message, fields] of Object.entries(wrong)) t.throws(() => define(fields), { message });
});

t.test("refuses a name that is no file name everywhere", async (t) => {
  const good = ["a", "software.deb", "operating-system", "a1.b-2"];
  const bad = ["", "A", "1a", "-a", "a.", ".a", "a.b.c", "a..b", "a b", "a/b", "a_b", "a\n", "ä"];
  t.strictSame(
    [...good, ...bad].filter((each) => sectionNamePattern.test(each)),
    good,
  );
  for (const each of good) t.equal(define({}, { name: each }).name, each);
  for (const each of bad)
    t.throws(() => define({}, { name: each }), { message: `section ${each}: not a section name` });
});

t.test("keeps history as long as its category, unless it says otherwise", async (t) => {
  t.equal(define({}).retentionDays, 90);
  t.equal(define({}, { retentionDays: 7 }).retentionDays, 7);
});

t.test("lists every field with its place, depth first, and the flag that every section has", async (t) => {
  t.strictSame(
    madeUp.flat.map(({ path, names }) => [path, names.join(" ")]),
    [
      ["name", "name"],
      ["kind", "kind"],
      ["builtAt", "builtAt"],
      ["height", "height"],
      ["load", "load"],
      ["colours", "colours"],
      ["maker", "maker"],
      ["maker.name", "maker name"],
      ["maker.mark", "maker mark"],
      ["maker.street", "maker street"],
      ["room", "room"],
      ["address", "address"],
      ["books", "books"],
      ["books[].title", "books title"],
      ["books[].language", "books language"],
      ["books[].edition", "books edition"],
      ["books[].lent", "books lent"],
      ["books[].reader", "books reader"],
      ["books[].places", "books places"],
      ["books[].page", "books page"],
      ["truncated", "truncated"],
    ],
  );
});

t.test(
  "takes readings of its own by field, and of items by their natural key, and nothing else",
  async (t) => {
    const { readings } = madeUp;
    const key = '["Emma","en"]';
    const good = [{}, { load: 0 }, { load: 1_000 }, { load: 0.5, [key]: { page: 3 } }, { [key]: {} }];
    const bad = [
      { load: 1_001 },
      { load: -1 },
      { load: "1" },
      { load: Number.NaN },
      { load: null },
      { load: { page: 1 } },
      { name: "x" },
      { height: 5 },
      { [key]: 5 },
      { [key]: { page: 10_001 } },
      { [key]: { page: 1, lent: true } },
      { [key]: { load: 1 } },
      { a: {}, b: {}, c: {}, d: {}, e: {}, f: {} },
      [],
      null,
      5,
    ];
    t.strictSame(
      [...good, ...bad].filter((value) => readings.safeParse(value).success),
      good,
    );
  },
);

t.test("knows the sections of which nothing is left where the place may not be told", async (t) => {
  const locates = { is: "Where.", sensitivity: "plain", locates: "always" } as const;
  const of = (fields: Shape) => define(fields).onlyLocates;
  t.equal(of({ ssid: text(64, locates), near: list({ ...locates, max: 2, key: ["name"] }, { name }) }), true);
  t.equal(of({ ssid: text(64, locates), driver: text(64, plain) }), false);
  t.equal(of({ ssid: text(64, { ...locates, locates: "public-address" }) }), false);
});

t.test("takes no readings where none is declared", async (t) => {
  const { readings } = define({ name, kind: choice(["a"], plain), size: quantity(counted) });
  t.ok(readings.safeParse({}).success);
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, noNullPrototype: true }),
      (value) => {
        return !readings.safeParse(value).success;
      },
    ),
    { numRuns: 100 },
  );
});
