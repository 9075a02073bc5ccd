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

/**
 * H3 resolution of the cells that each level is told in; null where the device tells none, and the server knows the
 * country from its address. Their edges are 26 km, 10 km, 1.4 km and 29 m long.
 */
export const cellResolutions: Readonly<Record<LocationLevel, number | null>> = {
  country: null,
  region: 4,
  city: 5,
  district: 7,
  precise: 11,
};

/**
 * The resolution of an H3 cell (mode 1, digits beyond the resolution all ones); null for anything else, in which a
 * finer place could be hidden.
 */
export function cellResolution(text: string): number | null {
  if (!/^8[0-9a-f]{14}$/.test(text)) return null;
  const bits = BigInt(`0x${text}`);
  const resolution = Number((bits >> 52n) & 0xfn);
  const unused = (1n << BigInt(3 * (15 - resolution))) - 1n;
  return (bits & unused) === unused ? resolution : null;
}

/** Whether the cell is no finer than the level's own. */
function isAllowedCell(member: unknown, level: LocationLevel | null): boolean {
  const [finest, resolution] = [
    level && cellResolutions[level],
    typeof member === "string" ? cellResolution(member) : null,
  ];
  return finest !== null && resolution !== null && resolution <= finest;
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
  if (facts.locates === "cell") return isAllowedCell(member, rule.level) ? member : undefined;
  if (rule.ownership === "organisation") return member;
  if (Array.isArray(member))
    return member.filter((address) => typeof address !== "string" || !isPublicAddress(address));
  return typeof member === "string" && isPublicAddress(member) ? undefined : member;
}
