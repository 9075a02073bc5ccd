// `normalise`: one form for one state of the machine, however it was told.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import type { Shape } from "./fields.ts";
import { normalise } from "./section.ts";
import { documents, reordered } from "./testing/documents.ts";
import { type MadeUp, madeUp } from "./testing/made-up-section.ts";

/** Of several books with one key and of several colours the same, as a careless collector tells them. */
const told: MadeUp = {
  name: "oak",
  colours: ["red", "blue", "red"],
  books: [
    { title: "Emma", language: "en", edition: "1" },
    { title: "Emma", language: "de" },
    { title: "Emma", language: "en", edition: "2", places: ["b", "a", "b"] },
  ],
};

t.test("sorts lists by natural key and sets of texts, each once, of equal keys the last", async (t) => {
  t.strictSame(normalise(madeUp, told), {
    name: "oak",
    colours: ["blue", "red"],
    books: [
      { title: "Emma", language: "de" },
      { title: "Emma", language: "en", edition: "2", places: ["a", "b"] },
    ],
  });
});

t.test("sorts by UTF-16 code units, as members are sorted", async (t) => {
  const books = ["\ufb33", "\ud83d\ude00", "9", "10"].map((title) => ({ title, language: "en" }));
  const titles = normalise(madeUp, { books }).books?.map(({ title }) => title);
  t.strictSame(titles, ["10", "9", "\ud83d\ude00", "\ufb33"]);
});

t.test("cuts what is over its bound after sorting, and says so", async (t) => {
  const books = ["f", "b", "e", "a", "d", "c"].map((title) => ({ title, language: "en" }));
  const kept = ["a", "b", "c", "d"].map((title) => ({ title, language: "en" }));
  t.strictSame(normalise(madeUp, { books }), { books: kept, truncated: true });
  t.strictSame(normalise(madeUp, { books: kept }), { books: kept });
  t.strictSame(normalise(madeUp, { colours: ["d", "c", "b", "a"] }), {
    colours: ["a", "b", "c"],
    truncated: true,
  });
  t.strictSame(normalise(madeUp, { colours: ["c", "c", "b", "a"] }), { colours: ["a", "b", "c"] });
  t.strictSame(
    normalise(madeUp, { books: [{ title: "a", language: "en", places: ["4", "3", "2", "1"] }] }),
    { books: [{ title: "a", language: "en", places: ["1", "2", "3"] }], truncated: true },
    "also within an item",
  );
});

t.test("leaves out members without a value, at every depth", async (t) => {
  // As a collector without exact optional types would say it.
  const document: Record<string, unknown> = {
    name: undefined,
    maker: { name: undefined },
    books: [{ title: "a", language: "en", lent: undefined }],
  };
  const normal = normalise<Shape>(madeUp, document);
  t.strictSame(Object.entries(normal), [
    ["maker", {}],
    ["books", [{ title: "a", language: "en" }]],
  ]);
});

t.test("has one form for one state, which stays as it is and which the definition takes", async () => {
  const books = fc
    .array(documents(madeUp), { maxLength: 3 })
    .map((some) => some.flatMap((document) => document.books ?? []));
  const careless = fc
    .tuple(documents(madeUp), books)
    .map(([document, more]) => ({ ...document, books: more }));
  const pairs = careless.chain((document) => {
    const once = [
      ...new Map(document.books.map((book) => [JSON.stringify([book.title, book.language]), book])).values(),
    ];
    return fc.tuple(fc.constant(document), reordered({ ...document, books: once }));
  });
  fc.assert(
    fc.property(pairs, ([document, other]) => {
      const normal = normalise(madeUp, document);
      assert.deepEqual(normalise(madeUp, normal), normal);
      assert.deepEqual(normalise(madeUp, madeUp.document.parse(normal)), normal);
      // The items and members are those of the document, in another order.
      assert.deepEqual(normalise<Shape>(madeUp, Object(other)), normal);
    }),
    { numRuns: 100 },
  );
});

t.test("changes nothing of what it is given", async (t) => {
  const before = structuredClone(told);
  normalise(madeUp, told);
  t.strictSame(told, before);
});
