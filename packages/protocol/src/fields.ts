/**
 * The building blocks of a section's document. Every block is bounded, says how sensitive it is, and yields
 * both the schema that checks a value and the facts that the catalogue, search and masking are made from.
 */
import { z } from "zod";

/** `sensitive` values are masked for a viewer, and a list that holds one is never shared fleet-wide as items. */
export type Sensitivity = "plain" | "sensitive";

/** Units of quantities. `count` is a number of things. */
export type Unit =
  | "bytes"
  | "seconds"
  | "megabits-per-second"
  | "megatransfers-per-second"
  | "megahertz"
  | "decibels-below-milliwatt"
  | "count"
  | "millimetres"
  | "milliwatt-hours"
  | "milliampere-hours"
  | "percent"
  | "hours"
  | "degrees-celsius"
  | "metres"
  | "year";

/**
 * How versions of a title compare, by where they come from. `natural`: numbers in them by their size, the rest as
 * text, for sources that have no rule of their own.
 */
export type VersionOrder = "dpkg" | "rpm" | "apk" | "alpm" | "semver" | "pep440" | "rubygems" | "natural";

/**
 * How a value can be searched. `term`: many devices share it (a model). `key`: close to unique (a serial
 * number). `number`: compared by size. `title` and `version` stand in one list and belong together.
 * `words`: found by a bare word in a query too.
 */
export interface Search {
  readonly field: string;
  readonly as: "term" | "key" | "number" | "title" | "version";
  readonly words?: true;
  readonly order?: VersionOrder;
  /** An IP address: found without its prefix length, however it is written. */
  readonly address?: true;
}

/** The columns of a device list that a section can fill. */
export const summaryColumns = [
  "hostname",
  "manufacturer",
  "model",
  "serial",
  "os.name",
  "os.version",
] as const;
export type SummaryColumn = (typeof summaryColumns)[number];

export interface FieldFacts {
  /** What it is, for the person whose device it is. */
  readonly is: string;
  readonly sensitivity: Sensitivity;
  /** Shown to nobody as a value, only as equal or not equal to that of another device. */
  readonly comparedOnly?: true;
  readonly search?: Search;
  /** Fills this column of the device list. */
  readonly summary?: SummaryColumn;
  /** The device's own (an install date, a path): kept in its record, never in a fleet-wide item. */
  readonly own?: true;
  /**
   * Tells where the device is: always, when it is a public address of a personal device, or, being an H3 cell, as
   * finely as its resolution.
   */
  readonly locates?: "always" | "public-address" | "cell";
}

export interface QuantityFacts extends FieldFacts {
  readonly unit: Unit;
  readonly max: number;
}

interface FieldBase<T> {
  readonly facts: FieldFacts;
  /** What a value has to be; bounded. */
  readonly schema: z.ZodType<T>;
  readonly required?: true;
  /** The bound in words, for the catalogue. */
  readonly bound: string;
}

export interface ScalarField<T> extends FieldBase<T> {
  readonly kind: "choice" | "flag" | "instant" | "coordinate";
}
/** Lengths are in UTF-16 code units. */
export interface TextField extends FieldBase<string> {
  readonly kind: "text";
  readonly maxLength: number;
}
/** A set of texts: in no order, each once. */
export interface TextsField extends FieldBase<string[]> {
  readonly kind: "texts";
  readonly max: number;
  readonly maxLength: number;
}
export interface QuantityField extends FieldBase<number> {
  readonly kind: "quantity";
  readonly facts: QuantityFacts;
}
/** A value that moves all the time: never in the document, sent beside it. */
export interface ReadingField extends FieldBase<number> {
  readonly kind: "reading";
  readonly facts: QuantityFacts;
}
export interface GroupField<S extends Shape> extends FieldBase<ShapeValue<S>> {
  readonly kind: "group";
  readonly shape: S;
}
export interface ListField<S extends Shape> extends FieldBase<ShapeValue<S>[]> {
  readonly kind: "list";
  readonly shape: S;
  readonly max: number;
  /** The fields that together identify an item in this list (its natural key). */
  readonly key: readonly (keyof S & string)[];
}

// biome-ignore lint/suspicious/noExplicitAny: the one place where "a list of whatever shape" is meant; values never flow through it.
type AnyShape = any;
export type Field =
  | ScalarField<unknown>
  | TextField
  | TextsField
  | QuantityField
  | ReadingField
  | GroupField<AnyShape>
  | ListField<AnyShape>;
export type Shape = { readonly [name: string]: Field };

type ValueOf<F> = F extends { schema: z.ZodType<infer T> } ? T : never;
type DocumentNames<S extends Shape> = {
  [K in keyof S]: S[K] extends { kind: "reading" } ? never : K;
}[keyof S];
export type RequiredNames<S extends Shape> = {
  [K in keyof S]: S[K] extends { required: true } ? K : never;
}[keyof S];
type Flat<T> = { [K in keyof T]: T[K] } & {};
/** The value that a shape describes: required fields present, all others optional, readings left out. */
export type ShapeValue<S extends Shape> = Flat<
  { [K in RequiredNames<S>]: ValueOf<S[K]> } & {
    [K in Exclude<DocumentNames<S>, RequiredNames<S>>]?: ValueOf<S[K]>;
  }
>;

/** The longest string that any definition may allow, in UTF-16 code units. */
export const longestText = 65_536;

/** Text that any engine can store and any terminal can be given after `printable`: no NUL, no lone surrogate. */
function boundedText(max: number): z.ZodString {
  return z
    .string()
    .min(1)
    .refine((text) => text.length <= max, { error: `longer than ${max} UTF-16 code units`, abort: true })
    .max(max) // counts code points; it is here for the JSON Schema
    .refine((text) => text.isWellFormed() && !text.includes("\0"), {
      error: "holds a NUL or a lone surrogate",
    });
}

/**
 * A field whose schema is made when it is first asked for: there are hundreds, and a process that has nothing to
 * check needs none.
 */
function withSchema<T, F extends object>(field: F, make: () => z.ZodType<T>): F & { schema: z.ZodType<T> } {
  let made: z.ZodType<T> | undefined;
  return Object.defineProperty(field, "schema", {
    get: () => {
      made ??= make();
      return made;
    },
    enumerable: true,
  }) as F & { schema: z.ZodType<T> }; // defined in this very statement
}

/** Text of at most `maxLength` UTF-16 code units, never empty. */
export function text(maxLength: number, facts: FieldFacts): TextField {
  return withSchema({ kind: "text", facts, maxLength, bound: `${maxLength} characters` }, () =>
    boundedText(maxLength),
  );
}

/** A set of at most `max` texts of at most `maxLength` each. */
export function texts(max: number, maxLength: number, facts: FieldFacts): TextsField {
  return withSchema({ kind: "texts", facts, max, maxLength, bound: `${max} × ${maxLength} characters` }, () =>
    z.array(boundedText(maxLength)).max(max),
  );
}

export function choice<const V extends readonly [string, ...string[]]>(
  values: V,
  facts: FieldFacts,
): ScalarField<V[number]> {
  return withSchema({ kind: "choice", facts, bound: values.join(", ") }, () => z.enum(values));
}

export function flag(facts: FieldFacts): ScalarField<boolean> {
  return withSchema({ kind: "flag", facts, bound: "true, false" }, () => z.boolean());
}

/** An instant, ISO 8601 UTC. */
export function instant(facts: FieldFacts): ScalarField<string> {
  return withSchema({ kind: "instant", facts, bound: "ISO 8601 UTC" }, () => z.iso.datetime().max(32));
}

/** Degrees north or east, `limit` at most either way. */
export function coordinate(limit: 90 | 180, facts: FieldFacts): ScalarField<number> {
  const schema = z.number().min(-limit).max(limit);
  return { kind: "coordinate", facts, schema, bound: `-${limit} to ${limit} degrees` };
}

/** A whole number from 0 to `max` of a unit. */
export function quantity(facts: QuantityFacts): QuantityField {
  return withSchema({ kind: "quantity", facts, bound: `0 to ${facts.max}` }, () =>
    z.int().min(0).max(facts.max),
  );
}

/** A number from 0 to `max` that moves all the time: sent when it moved over 5 % or a day after the last. */
export function reading(facts: QuantityFacts): ReadingField {
  return withSchema({ kind: "reading", facts, bound: `0 to ${facts.max}` }, () =>
    z.number().min(0).max(facts.max),
  );
}

/** A nested object. */
export function group<const S extends Shape>(facts: FieldFacts, shape: S): GroupField<S> {
  return withSchema({ kind: "group", facts, shape, bound: `${Object.keys(shape).length} fields` }, () =>
    shapeSchema(shape),
  );
}

/**
 * A list of at most `max` objects. `key` names the required fields that identify an item; no two items
 * have the same.
 */
export function list<const S extends Shape>(
  facts: FieldFacts & { readonly max: number; readonly key: readonly (RequiredNames<S> & string)[] },
  shape: S,
): ListField<S> {
  const { max, key } = facts;
  return withSchema({ kind: "list", facts, shape, max, key, bound: `${max} items` }, () =>
    z
      .array(shapeSchema(shape))
      .max(max)
      .refine((items) => new Set(items.map((item) => itemKey(key, item))).size === items.length, {
        error: `two items have the same ${key.join(" and ")}`,
      }),
  );
}

/** Marks a field without which the object around it has no meaning. */
export function required<F extends Field>(field: F): F & { readonly required: true } {
  // Not by spreading, which would ask for the schema.
  const members = Object.getOwnPropertyDescriptors(field);
  return Object.defineProperties({}, { ...members, required: { value: true, enumerable: true } }) as F & {
    readonly required: true;
  };
}

/** The natural key of a list's item as one string: its only field, or a JSON array of them. */
export function itemKey(key: readonly string[], item: object): string {
  const values = key.map((name) => String(Reflect.get(item, name)));
  return values.length === 1 ? (values[0] ?? "") : JSON.stringify(values);
}

/** The strict schema of an object: unknown members are refused. */
export function shapeSchema<S extends Shape>(shape: S): z.ZodType<ShapeValue<S>> {
  const members: Record<string, z.ZodType> = {};
  for (const [name, field] of Object.entries(shape)) {
    if (field.kind === "reading") continue;
    members[name] = field.required ? field.schema : field.schema.optional();
  }
  // The members were built from the very shape whose value type is promised here.
  return z.strictObject(members) as unknown as z.ZodType<ShapeValue<S>>;
}
