/**
 * A look at a document that builds nothing: whether it is surely what its definition allows. Whatever it doubts its
 * schema judges, which also says what is wrong. It lets nothing pass that the schema refuses.
 */
import type { Field, Shape, ShapeValue } from "./fields.ts";
import type { SectionDefinition } from "./section.ts";

type Look = (value: unknown) => boolean;

const looks = new WeakMap<Shape, Look>();

/** Whether its definition's schema would surely accept it. False: it may be wrong. */
export function isSurely<S extends Shape>(
  { fields }: SectionDefinition<S>,
  document: unknown,
): document is ShapeValue<S> {
  return lookAtObject(fields)(document);
}

function lookAtObject(shape: Shape): Look {
  const known = looks.get(shape) ?? newLookAtObject(shape);
  looks.set(shape, known);
  return known;
}

function newLookAtObject(shape: Shape): Look {
  const members = Object.entries(shape)
    .filter(([, { kind }]) => kind !== "reading")
    .map(([name, field]) => ({ name, isRequired: field.required === true, look: lookAt(field) }));
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    let there = 0;
    for (const { name, isRequired, look } of members) {
      const member: unknown = Reflect.get(value, name);
      if (member === undefined ? isRequired : !look(member)) return false;
      if (member !== undefined) there++;
    }
    return there === Object.keys(value).length;
  };
}

function lookAt(field: Field): Look {
  switch (field.kind) {
    case "text":
      return isTextUpTo(field.maxLength);
    case "texts": {
      const look = isTextUpTo(field.maxLength);
      return (value) => Array.isArray(value) && value.length <= field.max && value.every(look);
    }
    case "flag":
      return (value) => typeof value === "boolean";
    case "quantity":
      return (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= field.facts.max;
    case "group":
      return lookAtObject(field.shape);
    case "list": {
      const [look, key] = [lookAtObject(field.shape), field.key];
      return (value) =>
        Array.isArray(value) && value.length <= field.max && value.every(look) && haveOwnKeys(value, key);
    }
    case "instant":
      return (value) => (typeof value === "string" && plainInstant.test(value)) || isAllowed(field, value);
    default:
      return (value) => isAllowed(field, value);
  }
}

const isAllowed = ({ schema }: Field, value: unknown): boolean => schema.safeParse(value).success;

/** To the second, on a day that every month has. */
const plainInstant = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const isTextUpTo =
  (max: number): Look =>
  (value) =>
    typeof value === "string" &&
    value.length > 0 &&
    value.length <= max &&
    value.isWellFormed() &&
    !value.includes("\0");

/** Whether no two items have the same natural key. No text holds the NUL that stands between its parts. */
function haveOwnKeys(items: readonly object[], key: readonly string[]): boolean {
  const keys = new Set<string>();
  for (const item of items) {
    let text = "";
    for (const name of key) text += `${String(Reflect.get(item, name))}\0`;
    keys.add(text);
  }
  return keys.size === items.length;
}
