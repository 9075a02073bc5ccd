// Documents taken apart and put together again: the same bytes, of every section that there is.
import {
  allSections,
  canonicalBytes,
  normalise,
  type SectionDefinition,
  sectionNamed,
} from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { documents, reordered } from "../../../protocol/src/testing/documents.ts";
import { rounds } from "../testing/long.ts";
import { sharedLists } from "./shared-lists.ts";
import { joinItems, splitItems } from "./split-items.ts";

const runs = { numRuns: rounds(15, 1_000) };
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const parsed = (bytes: Uint8Array): unknown => JSON.parse(text(bytes));
const split = (definition: SectionDefinition, document: Uint8Array) =>
  splitItems(definition, parsed(document));

t.test("gives every normal document back, in whatever order the items come", async (t) => {
  for (const definition of allSections) {
    const shared = sharedLists(definition);
    fc.assert(
      fc.property(documents(definition), (document) => {
        const normal = normalise(definition, document);
        const bytes = canonicalBytes(normal);
        const apart = split(definition, bytes);
        // What can be shared is: nothing hides behind being kept as it is.
        const isShared = shared.some(({ name }) => Object(Reflect.get(normal, name)).length > 0);
        if (apart === null) return !isShared;
        const turned = {
          ...apart,
          lists: apart.lists.map((items) => items.split("\n").toReversed().join("\n")),
        };
        return isShared && same(joinItems(apart), bytes) && same(joinItems(turned), bytes);
      }),
      runs,
    );
  }
  t.pass();
});

t.test("keeps a document as it is that is not in its normal order", async (t) => {
  for (const definition of allSections.filter((each) => sharedLists(each).length > 0))
    fc.assert(
      fc.property(documents(definition).chain(reordered), (document) => {
        const bytes = canonicalBytes(document);
        const apart = split(definition, bytes);
        return apart === null || same(joinItems(apart), bytes);
      }),
      runs,
    );
  t.pass();
});

const deb = sectionNamed("software.deb");
if (!deb) throw new Error("there is no such section");

t.test("takes an item for the same on devices that differ in what is their own", async (t) => {
  const item = { architecture: "amd64", name: "openssl", version: "3.0.15-1" };
  const own = [{ installedAt: "2026-01-01T00:00:00Z" }, { automatic: true }, {}];
  const items = own.map((each) => {
    const document = canonicalBytes({ packages: [{ ...item, ...each }], truncated: true });
    return split(deb, document)?.lists;
  });
  t.strictSame(items, Array(3).fill([JSON.stringify(item)]));
});

t.test("leaves in the rest whatever the definition does not know", async (t) => {
  const [a, b] = ["a", "b"].map((name) => ({ architecture: "all", name }));
  const document = { extra: [1], packages: [{ ...a, colour: "red" }, b] };
  const apart = split(deb, canonicalBytes(document));
  t.strictSame(
    apart?.lists.map((list) => list.split("\n").map((item): unknown => JSON.parse(item))),
    [[a, b]],
  );
  t.strictSame(apart && parsed(joinItems(apart)), document);
});

t.test("keeps what is no document of the section as it is", async (t) => {
  const item = { architecture: "all", name: "a" };
  for (const document of [
    null,
    [],
    {},
    { packages: [] },
    { packages: {} },
    { packages: [item, item] },
    { packages: [item, null] },
    { packages: [{ ...item, automatic: null }] },
  ])
    t.equal(split(deb, canonicalBytes(document)), null, JSON.stringify(document));
});
