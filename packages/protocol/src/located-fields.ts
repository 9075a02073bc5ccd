/**
 * Fields that would tell where a device is, in whatever section they stand. Below the location choice `precise`
 * the agent leaves them out and the server refuses them.
 */
import type { LocationLevel, Ownership } from "./categories.ts";
import type { Field, FieldFacts, Shape, ShapeValue } from "./fields.ts";
import { readAddress } from "./ip-address.ts";
import type { SectionDefinition } from "./section.ts";

export interface LocationRule {
  readonly ownership: Ownership;
  readonly level: LocationLevel | null;
}

/** Ranges, as ipaddr.js calls them, whose addresses mean nothing outside their network. */
const localRanges: ReadonlySet<string> = new Set([
  "unspecified",
  "broadcast",
  "multicast",
  "linkLocal",
  "loopback",
  "carrierGradeNat",
  "private",
  "uniqueLocal",
  "deprecatedSiteLocal",
  "discard",
  "benchmarking",
  "reserved",
]);

/**
 * Whether an address, with or without its prefix length, may be one that the whole internet can see. Everything
 * may that is not known to be local: 6to4 and Teredo addresses hold the public IPv4 address inside them, and
 * what cannot be read cannot be shown to be harmless.
 */
export function isPublicAddress(text: string): boolean {
  const address = readAddress(text);
  return address === null || !localRanges.has(address.range());
}

/** The document without what would locate the device more finely than it may be. */
export function withoutLocated<S extends Shape>(
  definition: SectionDefinition<S>,
  document: ShapeValue<S>,
  rule: LocationRule,
): ShapeValue<S> {
  if (rule.level === "precise" || !definition.flat.some(({ field }) => field.facts.locates)) return document;
  // Only optional members are removed, so the shape's value type still holds; `required` and `locates` exclude each other.
  return withoutIn(definition.fields, document, rule) as ShapeValue<S>;
}

function withoutIn(shape: Shape, value: object, rule: LocationRule): object {
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = shape[name];
    const left = field ? withoutAt(field, member, rule) : member;
    if (left !== undefined) kept[name] = left;
  }
  return kept;
}

function withoutAt(field: Field, member: unknown, rule: LocationRule): unknown {
  if (field.facts.locates) return withoutPlaces(field.facts, member, rule);
  if (field.kind === "group" && typeof member === "object" && member !== null)
    return withoutIn(field.shape, member, rule);
  if (field.kind === "list" && Array.isArray(member))
    return member.map((item: object) => withoutIn(field.shape, item, rule));
  return member;
}

function withoutPlaces(facts: FieldFacts, member: unknown, rule: LocationRule): unknown {
  if (facts.locates === "always") return undefined;
  if (rule.ownership === "organisation") return member;
  if (Array.isArray(member))
    return member.filter((address) => typeof address !== "string" || !isPublicAddress(address));
  return typeof member === "string" && isPublicAddress(member) ? undefined : member;
}
