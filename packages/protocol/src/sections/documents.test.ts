// Every section's documents: one digest for one state, no junk, no place below the choice `precise`.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { locationLevels } from "../categories.ts";
import { type Giver, grantOf } from "../consent.ts";
import { digestOf } from "../digest.ts";
import type { Shape } from "../fields.ts";
import { canonical, canonicalBytes, parseCanonical } from "../json.ts";
import { isPublicAddress, withoutLocated } from "../located-fields.ts";
import { maskFor } from "../mask.ts";
import { allSections } from "../registry.ts";
import { normalise, type SectionDefinition } from "../section.ts";
import { checkSection } from "../section-check.ts";
import { anyCharacter } from "../testing/any-character.ts";
import { documents, reordered } from "../testing/documents.ts";

const numRuns = 100;

const giver: Giver = { by: "ada", interactive: true, at: "2026-03-01T12:00:00Z", policyDigest: digestOf({}) };

/** Grants of a section's own category for one of its purposes, and of the place where it tells that. */
const grantsOf = ({ category, purposes: [purpose], flat }: SectionDefinition) => [
  grantOf({ category, purposes: [purpose] }, "organisation", giver),
  ...(flat.some(({ field }) => field.facts.locates === "always")
    ? [grantOf({ category: "location", level: "precise", purposes: [purpose] }, "organisation", giver)]
    : []),
];

/** A document of the section, and the same told in another order. */
const toldTwice = (
  definition: SectionDefinition,
): fc.Arbitrary<[Record<string, unknown>, Record<string, unknown>]> =>
  documents(definition).chain((document) =>
    fc.tuple(
      fc.constant(document),
      reordered(document).map((other) => ({ ...Object(other) })),
    ),
  );

for (const definition of allSections) {
  t.test(
    `gives ${definition.name} one digest, in whatever order it was told, through the wire and back`,
    async () => {
      fc.assert(
        fc.property(toldTwice(definition), ([document, other]) => {
          const normal = normalise<Shape>(definition, document);
          const bytes = canonicalBytes(normal);
          assert.equal(canonical(normalise<Shape>(definition, other)), canonical(normal));
          const received = definition.document.parse(parseCanonical(bytes));
          assert.equal(digestOf(received), digestOf(normal));
          assert.equal(canonical(normalise(definition, received)), canonical(normal), "stays as it is");
        }),
        { numRuns },
      );
    },
  );

  t.test(`takes documents of ${definition.name} where they are granted, as they are`, async () => {
    fc.assert(
      fc.property(documents(definition), (document) => {
        const normal = normalise<Shape>(definition, document);
        const consented = { grants: grantsOf(definition), ownership: "organisation" as const };
        const submitted = { schema: definition.schema, status: "ok" as const, document: normal };
        assert.deepEqual(checkSection(definition, submitted, consented), {
          status: "ok",
          body: canonical(normal),
          digest: digestOf(normal),
        });
        assert.ok("errors" in checkSection(definition, submitted, { ...consented, grants: [] }));
      }),
      { numRuns: 50 },
    );
  });

  t.test(`refuses junk in the place of ${definition.name}, and points to it`, async () => {
    fc.assert(
      fc.property(junk(definition), ({ document, pointer }) => {
        const consented = { grants: grantsOf(definition), ownership: "organisation" as const };
        const checked = checkSection(definition, { schema: 1, status: "ok", document }, consented);
        const pointers = "errors" in checked ? checked.errors.map((error) => error.pointer) : [];
        assert.ok(
          pointers.some((each) => each === pointer || each.startsWith(`${pointer}/`)),
          canonical([pointer, pointers]),
        );
      }),
      { numRuns },
    );
  });

  t.test(`tells in ${definition.name} no place below the choice precise on a personal device`, async () => {
    const levels = fc.constantFrom(null, ...locationLevels.filter((level) => level !== "precise"));
    fc.assert(
      fc.property(located(definition), levels, (document, level) => {
        const left = withoutLocated<Shape>(definition, document, { ownership: "personal", level });
        assert.ok(definition.document.safeParse(left).success);
        const places = definition.flat.flatMap(({ names, field: { facts } }) =>
          valuesAt(left, names).filter(
            (value) => facts.locates === "always" || (facts.locates && mayLocate(value)),
          ),
        );
        assert.deepEqual(places, []);
      }),
      { numRuns },
    );
  });

  t.test(`masks every sensitive value of ${definition.name} and no other`, async () => {
    const sensitive = definition.flat.filter(({ field }) => field.facts.sensitivity === "sensitive");
    fc.assert(
      fc.property(documents(definition), (document) => {
        const { document: shown, masked } = maskFor("plain", definition, document);
        for (const { path, names } of sensitive) {
          assert.ok(valuesAt(shown, names).every((value) => value === null));
          assert.equal(masked.includes(path), valuesAt(shown, names).length > 0, path);
        }
        const plain = definition.flat.filter(
          (at) => !sensitive.includes(at) && !["group", "list"].includes(at.field.kind),
        );
        for (const { names, path } of plain)
          assert.deepEqual(valuesAt(shown, names), valuesAt(document, names), path);
      }),
      { numRuns: 50 },
    );
  });
}

/** Every value at a place, through all items of the lists on the way; those of a set of texts one by one. */
function valuesAt(value: unknown, [name, ...deeper]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, name === undefined ? [] : [name, ...deeper]));
  if (name === undefined) return [value];
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return [];
  return valuesAt(Reflect.get(value, name), deeper);
}

const mayLocate = (value: unknown) => typeof value !== "string" || isPublicAddress(value);

/** Documents with addresses of all kinds wherever an address may stand. */
function located(definition: SectionDefinition): fc.Arbitrary<Record<string, unknown>> {
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("10.0.0.1/8", "fe80::1/64", "8.8.8.8/24"));
  return fc.tuple(documents(definition), fc.array(addresses, { maxLength: 4 })).map(([document, some]) => {
    const filled: Record<string, unknown> = structuredClone(document);
    for (const item of valuesAt(filled, ["interfaces"])) Object.assign(Object(item), { addresses: some });
    return filled;
  });
}

interface Junk {
  readonly document: unknown;
  /** Where it is wrong, as the answer has to say. */
  readonly pointer: string;
}

/** Of no JSON type that a document's field has, or not as such a field may be. */
const junkValues = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 1.5, "", "\0", "\ud800", [null], [[]], { toString: 1 }, { "": {} }),
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 3 }).map((name) => ({ [`${name}~/`]: name })),
);

/** Anything but an object instead of the document, wrong values in it, and members that no definition has. */
function junk(definition: SectionDefinition): fc.Arbitrary<Junk> {
  const instead = fc
    .jsonValue({ stringUnit: anyCharacter })
    .filter((value) => typeof value !== "object" || value === null || Array.isArray(value))
    .map((document) => ({ document, pointer: "/document" }));
  const members = Object.entries(definition.fields).filter(([, { kind }]) => kind !== "reading");
  const fieldOf = (name: string) => new Map(members).get(name);
  const names = fc.constantFrom(...members.map(([name]) => name));
  const within = fc
    .tuple(documents(definition), names, junkValues)
    // A coordinate may be any small number.
    .filter(([, name, value]) => typeof value !== "number" || fieldOf(name)?.kind !== "coordinate")
    .map(([document, name, value]) => ({
      document: { ...document, [name]: value },
      pointer: `/document/${name}`,
    }));
  const unknown = fc
    .tuple(documents(definition), fc.string({ unit: anyCharacter }), fc.jsonValue())
    .filter(([, name]) => !Object.hasOwn(definition.fields, name))
    .map(([document, name, value]) => ({
      document: Object.fromEntries([...Object.entries(document), [name, value]]),
      pointer: "/document",
    }));
  const deep = fc.tuple(documents(definition), names).map(([document, name]) => ({
    document: { ...document, [name]: nested(10_000) },
    pointer: `/document/${name}`,
  }));
  return fc.oneof(
    { arbitrary: instead, weight: 3 },
    { arbitrary: within, weight: 6 },
    { arbitrary: unknown, weight: 3 },
    { arbitrary: deep, weight: 1 },
  );
}

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

t.test("refuses a value over its bound in every field of every section", async (t) => {
  const taken = allSections.flatMap(({ name, flat }) =>
    flat
      .filter(({ field }) => field.schema.safeParse(overBound(field)).success)
      .map(({ path }) => `${name}: ${path}`),
  );
  t.strictSame(taken, []);
});

function overBound(field: SectionDefinition["flat"][number]["field"]): unknown {
  switch (field.kind) {
    case "text":
      return "x".repeat(field.maxLength + 1);
    case "texts":
      return [
        ["x".repeat(field.maxLength + 1)],
        Array.from({ length: field.max + 1 }, (_, index) => `${index}`),
      ][field.max % 2];
    case "quantity":
    case "reading":
      return field.facts.max + 1;
    case "list":
      return Array.from({ length: field.max + 1 }, (_, index) =>
        Object.fromEntries(field.key.map((name) => [name, `${index}`])),
      );
    case "choice":
      return "none of them";
    case "instant":
      return "2026-03-01T12:00:00.0000000000000000000Z";
    case "flag":
      return 1;
    case "coordinate":
      return 180.1;
    case "group":
      return { "no such member": 1 };
  }
}
