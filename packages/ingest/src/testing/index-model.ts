/** The index read naively: what a query finds among devices as they were fed to it, and what is counted of them. */
import { allSections, fold, type SearchValue, versionRulesOf } from "@rollcall/protocol";
import type { LiveDevices } from "../indexing/conditions.ts";
import type { IndexedDevice } from "../indexing/indexed-device.ts";
import { compareValues } from "../indexing/ordering.ts";
import type { Scope } from "../store/scope.ts";
import type { FacetValue, IndexCondition, IndexQuery, TitleCount } from "../store/search-index.ts";

export const live: LiveDevices = {
  deviceOf: (installation) => (installation === 7 ? 2 : null),
  seenAt: (device) => device % 5,
  firstSeenAt: (device) => device % 3,
  has: (device, flag) => flag === "retired" && device % 2 === 0,
};

type Fleet = ReadonlyMap<number, IndexedDevice>;

export function fed(
  changes: readonly (readonly [number, { device: IndexedDevice | null; group: string }])[],
): Fleet {
  const devices = new Map<number, IndexedDevice>();
  for (const [ordinal, { device, group }] of changes) {
    devices.delete(ordinal);
    const term: SearchValue = { as: "term", field: "group", text: group, words: false, sensitive: false };
    if (device) devices.set(ordinal, { ...device, values: [...device.values, term] });
  }
  return devices;
}

const rules = versionRulesOf(allSections);
const textOf = (value: SearchValue): string =>
  value.as === "number" ? "" : value.as === "title" ? value.title : value.text;
const isNamed = (value: SearchValue): boolean =>
  !value.sensitive && (value.as === "title" || (value.as !== "number" && value.words));
const compared = (sign: string, found: number): boolean =>
  sign.includes("=") && found === 0
    ? true
    : (sign.includes("<") && found < 0) || (sign.includes(">") && found > 0);

export function holds(values: readonly SearchValue[], ordinal: number, asked: IndexQuery): boolean {
  if ("parts" in asked) {
    const each = (part: IndexQuery) => holds(values, ordinal, part);
    return asked.kind === "all" ? asked.parts.every(each) : asked.parts.some(each);
  }
  if ("part" in asked) return !holds(values, ordinal, asked.part);
  return values.some((value) => holdsValue(value, asked)) || holdsLive(ordinal, asked);
}

function holdsLive(ordinal: number, asked: IndexCondition): boolean {
  if (asked.kind === "flag") return live.has(ordinal, asked.flag);
  if (asked.kind !== "time") return false;
  const at = asked.field === "seen" ? live.seenAt(ordinal) : live.firstSeenAt(ordinal);
  return compared(asked.comparison, at - asked.at);
}

function holdsValue(value: SearchValue, asked: IndexCondition): boolean {
  const folded = fold(textOf(value));
  switch (asked.kind) {
    case "word":
      return isNamed(value) && folded.includes(fold(asked.text));
    case "text":
      if (asked.field === "group") return value.field === "group" && textOf(value) === asked.text;
      return value.field === asked.field && folded === fold(asked.text);
    case "number":
      if (value.as !== "number" || value.field !== asked.field) return false;
      return compared(asked.comparison, value.number - asked.number);
    case "like": {
      const pattern = asked.pieces.map((piece) => fold(piece)).join(".*");
      const isAsked = asked.field === null ? isNamed(value) : value.field === asked.field;
      return isAsked && new RegExp(`^${pattern}$`, "s").test(folded);
    }
    case "version": {
      if (value.as !== "title" || value.version === null || folded !== fold(asked.title)) return false;
      const order = rules.get(value.source)?.(value.version, asked.version);
      return value.version !== "" && order !== undefined && compared(asked.comparison, order);
    }
    default:
      return false;
  }
}

/** What a caller may read of the devices in his scope. */
export function readable(
  fleetFed: Fleet,
  { devices, sensitive }: Scope,
): Map<number, readonly SearchValue[]> {
  const groupOf = ({ values }: IndexedDevice) =>
    values.flatMap((value) => (value.field === "group" ? [textOf(value)] : []));
  const inScope = (ordinal: number, device: IndexedDevice) =>
    devices.kind === "all" ||
    (devices.kind === "groups"
      ? groupOf(device).some((group) => devices.groups.includes(group))
      : live.deviceOf(devices.ordinal) === ordinal);
  return new Map(
    [...fleetFed]
      .filter(([ordinal, device]) => inScope(ordinal, device))
      .map(([ordinal, { values }]) => [ordinal, values.filter((value) => sensitive || !value.sensitive)]),
  );
}

type Found = readonly (readonly SearchValue[])[];

export function facetOf(found: Found, field: string): FacetValue[] {
  const counts = new Map<string | number, { shown: (string | number)[]; devices: number }>();
  for (const values of found) {
    const mine = values.filter((value) => value.field === field);
    const sameOf = (value: SearchValue) =>
      value.as === "number"
        ? value.number
        : value.as === "title" || field === "group"
          ? textOf(value)
          : fold(textOf(value));
    for (const same of new Set(mine.map(sameOf))) {
      const known = counts.get(same) ?? { shown: [], devices: 0 };
      const shown = mine.filter((value) => sameOf(value) === same);
      known.shown.push(...shown.map((value) => (value.as === "number" ? value.number : textOf(value))));
      counts.set(same, { ...known, devices: known.devices + 1 });
    }
  }
  return [...counts.values()]
    .map(({ shown, devices }) => ({ value: shown.sort(compareValues)[0] ?? "", devices }))
    .sort((a, b) => b.devices - a.devices || compareValues(a.value, b.value));
}

export function titlesOf(found: Found, word: string): TitleCount[] {
  const counts = new Map<string, number>();
  for (const values of found) {
    const mine = values.flatMap((value) =>
      value.as === "title" && fold(value.title).includes(fold(word))
        ? [JSON.stringify([value.title, value.version ?? "", value.source])]
        : [],
    );
    for (const title of new Set(mine)) counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return [...counts]
    .map(([title, devices]) => ({ title: JSON.parse(title) as string[], devices })) // as it was written above
    .sort((a, b) => compareEach(a.title, b.title))
    .map(({ title: [name = "", version = "", source = ""], devices }) => ({
      name,
      version,
      source,
      devices,
    }));
}

const compareEach = (a: readonly string[], b: readonly string[]): number =>
  a.map((each, at) => compareValues(each, b[at] ?? "")).find((order) => order !== 0) ?? 0;
