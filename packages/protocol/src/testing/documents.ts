/** Valid documents of any section for property tests, made from the section's definition alone. */
import fc from "fast-check";
import { z } from "zod";
import { type Field, itemKey, type ListField, type Shape, type ShapeValue } from "../fields.ts";
import type { SectionDefinition } from "../section.ts";
import { anyCharacter } from "./any-character.ts";

/** Lists and texts stay this short, so that many documents can be tried; bounds have tests of their own. */
const most = 6;

/** Documents that the definition accepts, normalised or not. */
export function documents<S extends Shape>(definition: SectionDefinition<S>): fc.Arbitrary<ShapeValue<S>> {
  // The members come from the very shape whose value type is promised here; the definition's schema checks it.
  return objects(definition.fields) as unknown as fc.Arbitrary<ShapeValue<S>>;
}

/** The same value with its members and the elements of its arrays in any other order. */
export function reordered(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) return fc.tuple(...value.map(reordered)).chain(shuffled);
  if (typeof value !== "object" || value === null) return fc.constant(value);
  const members = Object.entries(value).map(([name, member]) =>
    fc.tuple(fc.constant(name), reordered(member)),
  );
  return fc
    .tuple(...members)
    .chain(shuffled)
    .map((entries) => Object.fromEntries(entries));
}

const shuffled = <T>(elements: T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray(elements, { minLength: elements.length });

function objects(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const members = Object.entries(shape).filter(([, { kind }]) => kind !== "reading");
  return fc.record(Object.fromEntries(members.map(([name, field]) => [name, values(field)])), {
    requiredKeys: members.filter(([, field]) => field.required).map(([name]) => name),
    noNullPrototype: true,
  });
}

function values(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "text":
      return boundedTexts(boundsOf(field).maxLength);
    case "texts":
      return fc.array(boundedTexts(boundsOf(field).items?.maxLength), atMost(boundsOf(field).maxItems));
    case "choice":
      return fc.constantFrom(...(boundsOf(field).enum ?? []));
    case "flag":
      return fc.boolean();
    case "instant":
      return instants;
    case "coordinate":
      // Zero without a sign, as JSON has it.
      return fc.integer({ min: -900_000, max: 900_000 }).map((steps) => steps / 10_000);
    case "quantity":
    case "reading":
      return fc.bigInt({ min: 0n, max: BigInt(field.facts.max) }).map(Number);
    case "group":
      return objects(field.shape);
    case "list":
      return items(field);
  }
}

function items(field: ListField<Shape>): fc.Arbitrary<unknown[]> {
  const { maxLength } = atMost(boundsOf(field).maxItems);
  return fc.uniqueArray(objects(field.shape), { maxLength, selector: (item) => itemKey(field.key, item) });
}

function atMost(maxItems: number | undefined): { readonly maxLength: number } {
  if (maxItems === undefined) throw new Error("a list without a bound");
  return { maxLength: Math.min(maxItems, most) };
}

function boundedTexts(maxLength: number | undefined): fc.Arbitrary<string> {
  if (maxLength === undefined) throw new Error("a text without a bound");
  return fc
    .string({ unit: anyCharacter, minLength: 1, maxLength: Math.min(maxLength, most) })
    .map((text) => text.replaceAll("\0", "0").slice(0, maxLength))
    .filter((text) => text.isWellFormed());
}

const instants = fc
  .date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => date.toISOString());

const bounds = z.object({
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  enum: z.array(z.string()).optional(),
  items: z.object({ maxLength: z.number().optional() }).optional(),
});

/** What the field's schema itself allows, so that it is the schema that is tried and not what is said of it. */
function boundsOf(field: Field): z.infer<typeof bounds> {
  return bounds.parse(z.toJSONSchema(field.schema));
}
