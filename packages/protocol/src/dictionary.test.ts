/** Dictionaries of sections: to the byte what JCS makes of them, and a header that names them. */
import fc from "fast-check";
import t from "tap";
import { dictionaryMember, dictionaryOf, readDictionaryId, writeDictionaryId } from "./dictionary.ts";
import { canonical } from "./json.ts";
import { type Status, statuses } from "./status.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,9}(\.[a-z][a-z0-9-]{0,9})?$/);
const section = fc.record({
  schema: fc.integer({ min: 1, max: 1_000_000 }),
  status: fc.constantFrom<Status>(...statuses),
  document: fc.option(fc.dictionary(fc.string({ unit: "grapheme" }), fc.oneof(fc.integer(), fc.string()))),
});

t.test("is the canonical form of its sections, whatever they hold", async () => {
  fc.assert(
    fc.property(fc.dictionary(name, section, { noNullPrototype: true }), (sections) => {
      const value = Object.fromEntries(
        Object.entries(sections).map(([each, { document, ...rest }]) => [
          each,
          document === null ? rest : { ...rest, document },
        ]),
      );
      const members = Object.entries(sections)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([each, { document, ...rest }]) =>
          dictionaryMember(each, { ...rest, body: document === null ? null : canonical(document) }),
        );
      return dictionaryOf(members).toString() === canonical(value);
    }),
  );
});

t.test("names its sections in a header, in any order and however often", async (t) => {
  t.equal(writeDictionaryId(["memory", "software.deb"]), '"memory,software.deb"');
  t.strictSame(readDictionaryId('"software.deb,memory,memory"'), ["memory", "software.deb"]);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 20 }), (names) => {
      const sorted = names.toSorted();
      return String(readDictionaryId(writeDictionaryId(sorted))) === String(sorted);
    }),
  );
});

t.test("takes nothing else from that header", async (t) => {
  const long = `"${"a,".repeat(600)}a"`;
  for (const value of [
    "",
    '""',
    "memory",
    '"memory',
    '"Memory"',
    '"a b"',
    '"a,,b"',
    '"__proto__"',
    '"a" "b"',
    long,
  ])
    t.equal(readDictionaryId(value), undefined, value.slice(0, 20));
});
