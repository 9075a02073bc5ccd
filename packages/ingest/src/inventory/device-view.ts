/** A device as the API tells it, with what the caller may not read as null and named in `masked`. */
import {
  allSections,
  hasMaskedField,
  maskFor,
  type SectionDefinition,
  type SummaryColumn,
  sectionNamed,
} from "@rollcall/protocol";
import { locationSection } from "../location/granted.ts";
import { locationView } from "../location/location-view.ts";
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";
import { consentHistoryView, consentView } from "./consent-view.ts";
import { correctionsView } from "./corrections-view.ts";
import { deviceState, type Quiet } from "./device-state.ts";
import type { DeviceDetail, DeviceRow, ReadingRow, SectionRow } from "./queries.ts";

/** Columns of the list that are filled from a sensitive field. */
const sensitiveColumns: ReadonlySet<SummaryColumn> = new Set(
  allSections.flatMap(({ flat }) =>
    flat.flatMap(({ field: { facts } }) =>
      facts.summary !== undefined && facts.sensitivity === "sensitive" ? [facts.summary] : [],
    ),
  ),
);

export interface Viewing {
  readonly scope: Scope;
  readonly now: number;
  readonly quiet: Quiet;
}

export function deviceItem(row: DeviceRow, { scope, now, quiet }: Viewing) {
  const masked: SummaryColumn[] = [];
  const column = (name: SummaryColumn): unknown => {
    const value = Object.values(row.summary).find((columns) => columns[name] !== undefined)?.[name] ?? null;
    if (value === null || scope.sensitive || !sensitiveColumns.has(name)) return value;
    masked.push(name);
    return null;
  };
  return {
    id: row.id,
    hostname: column("hostname"),
    manufacturer: column("manufacturer"),
    model: column("model"),
    serial: column("serial"),
    os: { name: column("os.name"), version: column("os.version") },
    groups: [row.group],
    country: row.country,
    applications: row.applications.map(({ number, version, channel }) => ({
      number,
      version,
      channel: channel ?? "stable",
    })),
    state: deviceState(row, now, quiet),
    firstSeenAt: isoTime(row.firstSeenAt),
    lastSeenAt: isoTime(row.lastSeenAt),
    ...(masked.length > 0 ? { masked } : {}),
  };
}

export function deviceDetailView(device: DeviceDetail, viewing: Viewing) {
  const { masked = [], ...item } = deviceItem(device, viewing);
  const hidden: string[] = [...masked];
  const sections: Record<string, unknown> = {};
  for (const section of device.sections) {
    const shown = sectionView(section, sectionNamed(section.name), viewing.scope);
    hidden.push(...shown.masked);
    sections[section.name] = shown.view;
  }
  const readings = readingsView(device.readings, sectionNamed, viewing.scope);
  hidden.push(...readings.masked);
  const consent = consentView(device.consent, viewing.scope);
  hidden.push(...consent.masked);
  const history = consentHistoryView(device.consentHistory, viewing.scope);
  hidden.push(...history.masked);
  const told = device.sections.find(({ name }) => name === locationSection)?.document;
  const location = locationView({ ...device, told }, viewing.scope);
  hidden.push(...location.masked);
  const corrections = correctionsView(device.corrections, viewing.scope);
  hidden.push(...corrections.masked);
  return {
    ...item,
    ...(hidden.length > 0 ? { masked: hidden } : {}),
    ownership: device.ownership,
    flags: device.flags,
    sections,
    readings: readings.view,
    location: location.view,
    consent: consent.view,
    consentHistory: history.view,
    corrections: corrections.view,
    requests: device.requests,
    notes: device.notes,
    possibleDuplicates: device.possibleDuplicates,
  };
}

type Definition = SectionDefinition | undefined;

interface Seen {
  readonly view: Record<string, unknown>;
  /** Paths of what the caller may not read. */
  readonly masked: readonly string[];
}

/** A section as the caller may read it. Of one without a definition nobody knows what in it is sensitive. */
export function sectionView(
  { name, status, digest, since, document, isDamaged }: SectionRow,
  definition: Definition,
  { sensitive, purpose }: Scope,
): Seen {
  const tell = (shownDigest: string | null, shown: unknown) => ({
    digest: shownDigest,
    status,
    since: isoTime(since),
    ...(isDamaged ? { fault: "damaged" } : {}),
    ...(shown === undefined ? {} : { document: shown }),
  });
  // The person at the device sees what its agent sent, whatever it is.
  if (purpose === "protocol" || (sensitive && !definition))
    return { view: tell(digest, document), masked: [] };
  if (!definition) return { view: tell(null, null), masked: [`sections.${name}`] };
  const reach = sensitive ? "sensitive" : "plain";
  const { document: shown, masked } = maskFor(reach, definition, document);
  return {
    view: tell(hasMaskedField(reach, definition) ? null : digest, shown),
    masked: masked.map((path) => `sections.${name}.${path}`),
  };
}

/**
 * `{SECTION: {FIELD: {value, at}}}`, with one level more for the items of a list, as the caller may read them. Keys
 * of items are outside values.
 */
export function readingsView(
  readings: readonly ReadingRow[],
  definitionOf: (section: string) => Definition,
  { sensitive }: Scope,
): Seen {
  const view = new Map<string, unknown>();
  const masked = new Set<string>();
  const inside = (map: Map<string, unknown>, name: string): Map<string, unknown> => {
    const known = map.get(name);
    if (known instanceof Map) return known;
    const made = new Map<string, unknown>();
    map.set(name, made);
    return made;
  };
  for (const reading of readings) {
    const { section, item, field, value, at } = reading;
    if (!sensitive && isSensitiveReading(definitionOf(section), reading)) {
      masked.add(`readings.${section}.${field}`);
      continue;
    }
    const inSection = inside(view, section);
    (item === "" ? inSection : inside(inSection, item)).set(field, { value, at: isoTime(at) });
  }
  return { view: plain(view), masked: [...masked] };
}

/** A reading is sensitive by itself, or because the key of its list's items is. */
function isSensitiveReading(definition: Definition, { item, field }: ReadingRow): boolean {
  if (!definition) return true;
  const { fields } = definition;
  if (item === "") return isSensitive(fields, [field]);
  const lists = Object.values(fields).flatMap((list) =>
    list.kind === "list" && Object.hasOwn(list.shape, field) ? [list] : [],
  );
  return lists.length === 0 || lists.some(({ shape, key }) => isSensitive(shape, [field, ...key]));
}

/** Whether any of these fields is sensitive; one that is not declared counts as such. */
function isSensitive(shape: SectionDefinition["fields"], names: readonly string[]): boolean {
  return names.some((name) => !Object.hasOwn(shape, name) || shape[name]?.facts.sensitivity !== "plain");
}

/** Nested maps as nested objects; an entry never becomes a prototype. */
function plain(map: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    [...map].map(([name, value]) => [name, value instanceof Map ? plain(value) : value]),
  );
}
