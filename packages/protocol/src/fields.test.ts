// The building blocks: what each takes at its bounds, and what no value may be.
import fc from "fast-check";
import t from "tap";
import {
  choice,
  type FieldFacts,
  flag,
  group,
  instant,
  itemKey,
  list,
  longestText,
  quantity,
  reading,
  required,
  shapeSchema,
  text,
  texts,
} from "./fields.ts";

const plain: FieldFacts = { is: "A thing.", sensitivity: "plain" };
const counted = { ...plain, unit: "count", max: 9 } as const;
const book = { title: required(text(8, plain)), pages: quantity(counted) };

/** Of these values those that the field takes. */
const taken = (
  field: { readonly schema: { safeParse(value: unknown): { success: boolean } } },
  values: readonly unknown[],
) => values.filter((value) => field.schema.safeParse(value).success);

/** Of every JSON type one value, and what is no JSON at all. */
const anyType = [null, true, 5, "x", [], {}, undefined, Number.NaN, 1n, Symbol("a"), new Date(0)];

t.test("takes text within its bound, in UTF-16 code units, never empty", async (t) => {
  const good = ["a", " ", "\n", "äöü", "12345678", "\ud83d\ude00".repeat(4)];
  t.strictSame(taken(text(8, plain), [...good, "", "123456789", "\ud83d\ude00".repeat(5)]), good);
  t.strictSame(taken(text(8, plain), anyType), ["x"]);
});

t.test("takes no NUL and no lone surrogate, wherever it stands", async () => {
  const field = text(longestText, plain);
  const set = texts(5, longestText, plain);
  const broken = fc.tuple(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("\0", "\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800"),
    // Not to be completed by what stands behind.
    fc.string({ unit: "grapheme-ascii" }),
  );
  fc.assert(
    fc.property(broken, (parts) => {
      const value = parts.join("");
      return taken(field, [value]).length === 0 && taken(set, [["a", value]]).length === 0;
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
      return value.includes("\0") || taken(field, [value]).length === 1;
    }),
    { numRuns: 200 },
  );
});

t.test("takes sets of texts within both their bounds", async (t) => {
  const good = [[], ["a"], ["12", "ab"]];
  const bad = [["a", "b", "c"], ["123"], [""], [5], [null], [["a"]], "a", { 0: "a" }];
  t.strictSame(taken(texts(2, 2, plain), [...good, ...bad]), good);
  t.strictSame(taken(texts(2, 2, plain), anyType), [[]]);
});

t.test("takes of a choice what it names, of a flag what it is", async (t) => {
  t.strictSame(taken(choice(["bios", "uefi"], plain), ["bios", "uefi", "BIOS", "", "toString", ...anyType]), [
    "bios",
    "uefi",
  ]);
  t.strictSame(taken(flag(plain), [false, 0, 1, "true", ...anyType]), [false, true]);
});

t.test("takes whole quantities from 0 to the bound", async (t) => {
  const good = [0, 9, 1.0];
  t.strictSame(taken(quantity(counted), [...good, -1, 10, 1.5, "5", Number.POSITIVE_INFINITY]), good);
  t.strictSame(taken(quantity(counted), anyType), [5]);
  const largest = quantity({ ...counted, max: 2 ** 60 });
  t.strictSame(taken(largest, [2 ** 53 - 1, 2 ** 53, 2 ** 60]), [2 ** 53 - 1], "no integer that is not safe");
});

t.test("takes readings from 0 to the bound, whole or not", async (t) => {
  const good = [0, 0.5, 9];
  t.strictSame(taken(reading(counted), [...good, -0.1, 9.1, "5", Number.POSITIVE_INFINITY]), good);
  t.strictSame(taken(reading(counted), anyType), [5]);
});

t.test("takes instants in UTC alone", async (t) => {
  const good = ["2026-02-28T23:59:59Z", "2026-01-01T00:00:00.123Z", "2024-02-29T00:00:00Z"];
  const bad = [
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00+01:00",
    "2026-01-01",
    "2026-01-01 00:00:00Z",
    "1767225600",
    "",
    "2026-01-01T00:00:00.0000000000000000000Z",
    "2026-01-01T00:00:00Z\n",
  ];
  t.strictSame(taken(instant(plain), [...good, ...bad]), good);
  t.strictSame(taken(instant(plain), anyType), []);
});

t.test("takes objects with what is required and with nothing that is not declared", async (t) => {
  const shape = group(plain, { ...book, load: reading(counted), inner: group(plain, { lent: flag(plain) }) });
  const good = [
    { title: "a" },
    { title: "a", pages: 5 },
    { title: "a", inner: {} },
    { title: "a", inner: { lent: true } },
  ];
  const bad = [
    { pages: 5 },
    { title: "a", load: 1 },
    { title: "a", more: 1 },
    { title: "a", pages: null },
    { title: "a", inner: { lent: true, more: 1 } },
    { title: "a", inner: [] },
    JSON.parse('{"title":"a","__proto__":{}}'),
    { title: "a", constructor: 1 },
    ["a"],
  ];
  t.strictSame(taken(shape, [...good, ...bad]), good);
  t.strictSame(taken(shape, anyType), []);
  t.strictSame(
    taken(
      { schema: shapeSchema({}) },
      anyType.filter((value) => !(value instanceof Date)),
    ),
    [{}],
  );
});

t.test("takes lists within their bound whose items each have a key of their own", async (t) => {
  const books = list({ ...plain, max: 2, key: ["title"] }, book);
  const good = [
    [],
    [{ title: "a" }],
    [
      { title: "a", pages: 1 },
      { title: "b", pages: 1 },
    ],
  ];
  const bad = [
    [{ title: "a" }, { title: "b" }, { title: "c" }],
    [
      { title: "a", pages: 1 },
      { title: "a", pages: 2 },
    ],
    [{ pages: 1 }],
    [null],
    ["a"],
    [[]],
    { 0: { title: "a" } },
  ];
  t.strictSame(taken(books, [...good, ...bad]), good);
  t.strictSame(taken(books, anyType), [[]]);
});

t.test("tells items apart by all parts of their key", async (t) => {
  const pair = { left: required(text(8, plain)), right: required(text(8, plain)) };
  const pairs = list({ ...plain, max: 5, key: ["left", "right"] }, pair);
  const apart = [
    { left: "a", right: "b" },
    { left: "a", right: "b,c" },
    { left: "a,b", right: "c" },
    { left: 'a","b', right: "c" },
    { left: "a", right: 'b","c' },
  ];
  t.strictSame(taken(pairs, [apart]), [apart]);
  t.strictSame(taken(pairs, [[...apart, { right: "b", left: "a" }]]), []);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (a, b, c, d) => {
      const [one, other] = [itemKey(["l", "r"], { l: a, r: b }), itemKey(["l", "r"], { l: c, r: d })];
      return (one === other) === (a === c && b === d);
    }),
    { numRuns: 200 },
  );
  t.equal(itemKey(["left"], { left: '["a"]', right: "b" }), '["a"]');
});

t.test("says its bound in words", async (t) => {
  const fields = [
    text(8, plain),
    texts(3, 8, plain),
    choice(["a", "b"], plain),
    flag(plain),
    instant(plain),
    quantity(counted),
    reading(counted),
    group(plain, book),
    list({ ...plain, max: 2, key: ["title"] }, book),
  ];
  t.strictSame(
    fields.map(({ kind, bound }) => [kind, bound]),
    [
      ["text", "8 characters"],
      ["texts", "3 × 8 characters"],
      ["choice", "a, b"],
      ["flag", "true, false"],
      ["instant", "ISO 8601 UTC"],
      ["quantity", "0 to 9"],
      ["reading", "0 to 9"],
      ["group", "2 fields"],
      ["list", "2 items"],
    ],
  );
});
