/**
 * What a query asks: conditions, joined by `all`, `any` and `not`. The parser makes it of text, an index answers it;
 * plain values only, so that it can go to another thread.
 */

export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** One thing that a device does or does not have. Texts are compared folded (`fold`). */
export type Condition =
  /** Part of a name or a title. */
  | { readonly kind: "word"; readonly text: string }
  /** A value of the field; of a title field a title, whatever its version. */
  | { readonly kind: "text"; readonly field: string; readonly text: string }
  /**
   * A wildcard: what was between the stars, at least two. The first piece begins the value, the last one ends it.
   * Without a field: a whole name or title.
   */
  | { readonly kind: "like"; readonly field: string | null; readonly pieces: readonly string[] }
  | {
      readonly kind: "number";
      readonly field: string;
      readonly comparison: Comparison;
      readonly number: number;
    }
  /** A title in a version, by the order of versions that its source has. */
  | {
      readonly kind: "version";
      readonly field: string;
      readonly title: string;
      readonly comparison: Comparison;
      readonly version: string;
    }
  /** An address within a network, such as `10.0.0.0/8`. */
  | { readonly kind: "network"; readonly field: string; readonly network: string }
  /** When something was, milliseconds since 1970. */
  | {
      readonly kind: "time";
      readonly field: string;
      readonly comparison: Exclude<Comparison, "=">;
      readonly at: number;
    };

/** `all` of no parts holds for every device, `any` of none for no device. */
export interface Joined<C> {
  readonly kind: "all" | "any";
  readonly parts: readonly Query<C>[];
}

export interface Negated<C> {
  readonly kind: "not";
  readonly part: Query<C>;
}

/** Conditions joined. An index may answer other ones than the language has. */
export type Query<C = Condition> = Joined<C> | Negated<C> | C;

export const everyDevice: Joined<never> = { kind: "all", parts: [] };

type Kinded = { readonly kind: string };

export function isJoined<C extends Kinded>(query: Query<C>): query is Joined<C> {
  return "parts" in query;
}

export function isNegated<C extends Kinded>(query: Query<C>): query is Negated<C> {
  return "part" in query;
}

/** The parts joined, in the one form of it: no `all` within an `all`, none of a single part. */
export function joined<C extends Kinded>(kind: "all" | "any", parts: readonly Query<C>[]): Query<C> {
  const flat = parts.flatMap((part) => (isJoined(part) && part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  return only !== undefined && flat.length === 1 ? only : { kind, parts: flat };
}

/** What is negated twice stands as it was. */
export function negated<C extends Kinded>(part: Query<C>): Query<C> {
  return isNegated(part) ? part.part : { kind: "not", part };
}

/** Every condition of a query, in its order. */
export function conditionsOf<C extends Kinded>(query: Query<C>): readonly C[] {
  if (isJoined(query)) return query.parts.flatMap((part) => conditionsOf(part));
  return isNegated(query) ? conditionsOf(query.part) : [query];
}

/** The same query over what its conditions become. */
export function mapConditions<C extends Kinded, D extends Kinded>(
  query: Query<C>,
  change: (condition: C) => Query<D>,
): Query<D> {
  if (isJoined(query)) {
    const parts = query.parts.map((part) => mapConditions(part, change));
    return joined(query.kind, parts);
  }
  return isNegated(query) ? negated(mapConditions(query.part, change)) : change(query);
}
