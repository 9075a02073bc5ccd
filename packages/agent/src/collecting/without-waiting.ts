/** A section as found without the fields that nobody has agreed to yet. */
import type { Readings, SectionDefinition } from "@rollcall/protocol";
import type { FoundSection } from "../check-in/found.ts";

type Shape = SectionDefinition["fields"];

/** `waiting` names fields by their paths, as the definition has them. */
export function withoutWaiting(
  definition: SectionDefinition,
  found: FoundSection,
  waiting: readonly string[] | null | undefined,
): FoundSection {
  if (!waiting || waiting.length === 0) return found;
  const paths = new Set(waiting);
  const { document, readings } = found;
  return {
    ...found,
    ...(isObject(document) ? { document: without(definition.fields, document, "", paths) } : {}),
    ...(readings ? { readings: withoutReadings(readings, waiting) } : {}),
  };
}

function without(shape: Shape, value: object, prefix: string, paths: ReadonlySet<string>): object {
  const kept = Object.entries(value).filter(([name]) => !paths.has(prefix + name));
  return Object.fromEntries(
    kept.map(([name, member]) => {
      const field = shape[name];
      const at = `${prefix}${name}`;
      if (field?.kind === "group" && isObject(member))
        return [name, without(field.shape, member, `${at}.`, paths)];
      if (field?.kind !== "list" || !Array.isArray(member)) return [name, member];
      return [name, member.map((item: object) => without(field.shape, item, `${at}[].`, paths))];
    }),
  );
}

/** Readings stand under their own names, those of a list's items under the items' keys. */
function withoutReadings(readings: Readings, waiting: readonly string[]): Readings {
  const own = new Set(waiting);
  const ofItems = new Set(waiting.flatMap((path) => path.split("[].").slice(1)));
  return Object.fromEntries(
    Object.entries(readings).flatMap(([name, value]): [string, Readings[string]][] => {
      if (typeof value === "number") return own.has(name) ? [] : [[name, value]];
      return [[name, Object.fromEntries(Object.entries(value).filter(([field]) => !ofItems.has(field)))]];
    }),
  );
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
