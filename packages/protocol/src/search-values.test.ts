// What can be searched in a document, under which field, and what the device list shows of it.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { type FieldFacts, list, quantity, required, type Search, text, type Unit } from "./fields.ts";
import { allSections } from "./registry.ts";
import { fold, searchFieldsOf, searchValues, sourceOf, summaryValues } from "./search-values.ts";
import { defineSection, type SectionDefinition } from "./section.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { documents } from "./testing/documents.ts";
import { type MadeUp, madeUp } from "./testing/made-up-section.ts";

const document: MadeUp = {
  name: "Oak",
  height: 1_800,
  colours: ["red", "blue"],
  kind: "wood",
  maker: { name: "Ada", mark: "A-1" },
  address: "2001:DB8:0::7/64",
  books: [
    { title: "Emma", language: "en", edition: "2.0", reader: "Bob" },
    { title: "Zen", language: "de" },
  ],
};

t.test("finds every searchable value with its field, and nothing else", async (t) => {
  t.strictSame(searchValues(madeUp, document), [
    { as: "term", field: "shelf", text: "Oak", words: true, sensitive: false },
    { as: "number", field: "height", number: 1_800, sensitive: false },
    { as: "term", field: "colour", text: "red", words: false, sensitive: false },
    { as: "term", field: "colour", text: "blue", words: false, sensitive: false },
    { as: "key", field: "serial", text: "A-1", words: false, sensitive: true },
    { as: "key", field: "ip", text: "2001:db8::7", words: false, sensitive: true },
    { as: "title", field: "book", title: "Emma", version: "2.0", source: "books", sensitive: false },
    { as: "title", field: "book", title: "Zen", version: null, source: "books", sensitive: false },
  ]);
});

t.test("finds nothing in an empty document, and in what is none", async (t) => {
  for (const value of [{}, { maker: {}, books: [], colours: [] }, null, 5, "a"])
    t.strictSame(searchValues(madeUp, value), []);
});

t.test("finds what cannot be read as an address as it stands", async (t) => {
  t.match(searchValues(madeUp, { address: "attic" }), [{ field: "ip", text: "attic" }]);
});

t.test("finds the addresses of an interface without their prefix length", async (t) => {
  const network = allSections.find(({ name }) => name === "network");
  const interfaces = [{ name: "eth0", mac: "aa:bb:cc:dd:ee:ff", addresses: ["192.0.2.7/24", "fe80::1/64"] }];
  t.strictSame(network && searchValues(network, { interfaces }), [
    { as: "key", field: "mac", text: "aa:bb:cc:dd:ee:ff", words: false, sensitive: true },
    { as: "key", field: "ip", text: "192.0.2.7", words: false, sensitive: true },
    { as: "key", field: "ip", text: "fe80::1", words: false, sensitive: true },
  ]);
});

t.test("finds flags by the words of JSON", async (t) => {
  const firmware = allSections.find(({ name }) => name === "firmware");
  t.strictSame(firmware && searchValues(firmware, { secureBoot: false }), [
    { as: "term", field: "secureboot", text: "false", words: false, sensitive: false },
  ]);
});

t.test(
  "says of every value the field that its definition declares, of any document of any section",
  async () => {
    const fields = searchFieldsOf(allSections);
    const made = fc
      .constantFrom(...allSections)
      .chain((definition) => documents(definition).map((document) => ({ definition, document })));
    fc.assert(
      fc.property(made, ({ definition, document }) => {
        for (const value of searchValues(definition, document)) {
          assert.equal(fields.get(value.field)?.as, value.as);
          assert.ok(!value.sensitive || fields.get(value.field)?.sensitive);
        }
      }),
      { numRuns: 200 },
    );
  },
);

t.test("puts beside a title the version of that title", async (t) => {
  const searched = (field: string, as: "title" | "version") =>
    text(8, { is: "A thing.", sensitivity: "plain", search: { field, as } });
  const pair = define({
    plugin: searched("plugin", "title"),
    pluginVersion: searched("plugin", "version"),
    program: searched("program", "title"),
    programVersion: searched("program", "version"),
  });
  t.match(searchValues(pair, { plugin: "a", pluginVersion: "1", program: "b", programVersion: "2" }), [
    { field: "plugin", title: "a", version: "1" },
    { field: "program", title: "b", version: "2" },
  ]);
});

t.test("names as source what stands behind the dot of a section's name", async (t) => {
  t.equal(sourceOf(madeUp), "books");
  t.equal(sourceOf({ ...madeUp, name: "memory" }), "memory");
});

t.test("folds text so that only the way it is written is lost", async (t) => {
  const same = [
    ["ThinkPad", "THINKPAD"],
    ["\u00e9", "e\u0301"],
    ["\ufb01", "fi"],
    ["\uff21", "a"],
    ["\u212b", "\u00e5"],
    ["\u03d4", "\u03cb"],
    ["J\u030c", "\u01f0"],
  ] as const;
  t.strictSame(
    same.filter(([one, other]) => fold(one) !== fold(other)),
    [],
  );
  t.not(fold("e"), fold("\u00e9"));
  t.not(fold("ss"), fold("\u00df"));
});

t.test("folds what was folded to itself, and capitals as small letters", async () => {
  const texts = fc.string({ unit: anyCharacter });
  fc.assert(
    fc.property(texts, (value) => fold(fold(value)) === fold(value)),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.string(), (value) => fold(value.toUpperCase()) === fold(value)),
    { numRuns: 300 },
  );
});

t.test("fills the columns of the device list from what the document has", async (t) => {
  t.strictSame(summaryValues(madeUp, document), { hostname: "Oak", manufacturer: "Ada" });
  t.strictSame(summaryValues(madeUp, { maker: { mark: "A" } }), {});
  t.strictSame(summaryValues(madeUp, null), {});
});

/** A section of one text field that is searched so. */
function searched(search: Search, more: Partial<FieldFacts> = {}): SectionDefinition {
  const facts: FieldFacts = { is: "A thing.", sensitivity: "plain", search, ...more };
  return define({ a: text(8, facts) });
}

function measured(field: string, unit: Unit): SectionDefinition {
  return define({
    a: quantity({ is: "A size.", sensitivity: "plain", unit, max: 9, search: { field, as: "number" } }),
  });
}

function define(fields: SectionDefinition["fields"]): SectionDefinition {
  return defineSection({
    name: "shelf",
    title: "Shelf",
    schema: 1,
    category: "hardware",
    purposes: ["inventory"],
    sources: {},
    fields,
  });
}

t.test("lists the query fields of all sections, sensitive when any source is", async (t) => {
  const sections = [
    searched({ field: "serial", as: "key" }),
    searched({ field: "serial", as: "key" }, { sensitivity: "sensitive" }),
    searched({ field: "serial", as: "key" }),
    searched({ field: "ip", as: "key", address: true }),
    measured("size", "bytes"),
    define({
      list: list(
        { is: "Books.", sensitivity: "plain", max: 5, key: ["title"] },
        {
          title: required(
            text(8, { is: "Title.", sensitivity: "plain", search: { field: "book", as: "title" } }),
          ),
          edition: text(8, {
            is: "Edition.",
            sensitivity: "plain",
            search: { field: "book", as: "version" },
          }),
        },
      ),
    }),
  ];
  t.strictSame(
    [...searchFieldsOf(sections)],
    [
      ["serial", { name: "serial", as: "key", sensitive: true }],
      ["ip", { name: "ip", as: "key", sensitive: false, address: true }],
      ["size", { name: "size", as: "number", sensitive: false, unit: "bytes" }],
      ["book", { name: "book", as: "title", sensitive: false }],
    ],
  );
});

t.test("refuses sections that mean different things by one query field", async (t) => {
  t.throws(
    () => searchFieldsOf([searched({ field: "a", as: "key" }), searched({ field: "a", as: "term" })]),
    {
      message: "shelf.a: a is searched as key elsewhere",
    },
  );
  t.throws(() => searchFieldsOf([measured("a", "bytes"), measured("a", "count")]), {
    message: "shelf.a: a has the unit bytes elsewhere",
  });
  t.throws(
    () =>
      searchFieldsOf([
        searched({ field: "a", as: "key" }),
        searched({ field: "a", as: "key", address: true }),
      ]),
    { message: "shelf.a: a is not an address here and elsewhere" },
  );
});
