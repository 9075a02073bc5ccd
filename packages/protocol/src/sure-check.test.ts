// The look that spares the schema: it lets good documents pass, and nothing that the schema refuses.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { longestText } from "./fields.ts";
import { allSections } from "./registry.ts";
import type { SectionDefinition } from "./section.ts";
import { isSurely } from "./sure-check.ts";
import { documents } from "./testing/documents.ts";
import { madeUp } from "./testing/made-up-section.ts";

const odd: readonly unknown[] = [
  ...["", "\0", "\ud800", "x".repeat(longestText + 1), "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z"],
  ...[-1, 0.5, 2 ** 53, Number.MAX_VALUE, null, true, [], {}, [[]], [""], { a: 1 }],
  ...["2026-01-01T00:00:00", "0000-01-01T00:00:00Z", "2026-01-01", 0, 1],
];

/** Every value in a document, by how to put another in its place: members, items, and a member that is not there. */
function* places(value: unknown): Generator<(other: unknown) => unknown> {
  yield (other) => other;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const inside of places(item)) yield (other) => value.with(at, inside(other));
      yield () => [...value, item];
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      for (const inside of places(member)) yield (other) => ({ ...value, [name]: inside(other) });
      yield () => Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
    }
    for (const name of ["unknown", "__proto__", "toString"])
      yield (other) => Object.fromEntries([...Object.entries(value), [name, other]]);
  }
}

const wronged = (definition: SectionDefinition): fc.Arbitrary<unknown> =>
  documents(definition).chain((document) =>
    fc
      .tuple(fc.constantFrom(...places(document)), fc.oneof(fc.constantFrom(...odd), fc.jsonValue()))
      .map(([put, other]) => put(other)),
  );

for (const definition of [madeUp, ...allSections]) {
  t.test(`is sure of documents of ${definition.name}, and never of what is none`, async () => {
    const isOne = (document: unknown) => definition.document.safeParse(document).success;
    fc.assert(fc.property(documents(definition), (document) => assert(isSurely(definition, document))));
    fc.assert(
      fc.property(wronged(definition), (document) =>
        assert(!isSurely(definition, document) || isOne(document)),
      ),
    );
  });
}

t.test("is not sure of two items with one key, of one too many, of a text too long", async (t) => {
  const book = (title: string) => ({ title, language: "en" });
  const shelf = (...titles: string[]) => ({ books: titles.map(book) });
  t.ok(isSurely(madeUp, shelf("a", "b", "c", "d")));
  t.notOk(isSurely(madeUp, shelf("a", "b", "a")));
  t.notOk(isSurely(madeUp, shelf("a", "b", "c", "d", "e")));
  t.ok(isSurely(madeUp, shelf("x".repeat(16))));
  t.notOk(isSurely(madeUp, shelf("x".repeat(17))));
  t.notOk(isSurely(madeUp, { books: [{ title: "a" }] }));
  t.ok(isSurely(madeUp, { colours: ["a", "b", "c"], height: 5_000 }));
  t.notOk(isSurely(madeUp, { colours: ["a", "b", "c", "d"] }));
  t.notOk(isSurely(madeUp, { height: 5_001 }));
});
