/** A device as the API tells it, with what the caller may not read as null and named in `masked`. */
import {
  allSections,
  hasSensitiveField,
  maskSensitive,
  type SummaryColumn,
  sectionNamed,
} from "@rollcall/protocol";
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";
import type { DeviceDetail, DeviceRow } from "./queries.ts";

export type DeviceState = "active" | "stale" | "silent";

const day = 86_400_000;

/** Stale at three intervals without a check-in, silent at thirty days. */
export function deviceState(lastSeenAt: number, now: number, intervalSeconds: number): DeviceState {
  const quiet = now - lastSeenAt;
  if (quiet >= 30 * day) return "silent";
  return quiet >= 3 * intervalSeconds * 1000 ? "stale" : "active";
}

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
  readonly intervalSeconds: number;
}

export function deviceItem(row: DeviceRow, { scope, now, intervalSeconds }: Viewing) {
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
    country: null,
    applications: row.applications.map(({ number, version, channel }) => ({
      number,
      version,
      channel: channel ?? "stable",
    })),
    state: deviceState(row.lastSeenAt, now, intervalSeconds),
    firstSeenAt: isoTime(row.firstSeenAt),
    lastSeenAt: isoTime(row.lastSeenAt),
    ...(masked.length > 0 ? { masked } : {}),
  };
}

export function deviceDetailView(device: DeviceDetail, viewing: Viewing) {
  const { masked = [], ...item } = deviceItem(device, viewing);
  const hidden: string[] = [...masked];
  const sections: Record<string, unknown> = {};
  for (const { name, status, digest, since, document } of device.sections) {
    const definition = sectionNamed(name);
    const masks = !viewing.scope.sensitive && definition !== undefined;
    const shown = masks ? maskSensitive(definition, document) : { document, masked: [] };
    hidden.push(...shown.masked.map((path) => `sections.${name}.${path}`));
    sections[name] = {
      digest: masks && hasSensitiveField(definition) ? null : digest,
      status,
      since: isoTime(since),
      ...(shown.document === undefined ? {} : { document: shown.document }),
    };
  }
  const { consent, ownership } = device;
  return {
    ...item,
    ...(hidden.length > 0 ? { masked: hidden } : {}),
    ownership,
    sections,
    readings: readingsView(device),
    location: null,
    consent,
  };
}

/** `{SECTION: {FIELD: {value, at}}}`, with one level more for the items of a list. Keys of items are outside values. */
function readingsView({ readings }: DeviceDetail) {
  const view = new Map<string, unknown>();
  const inside = (map: Map<string, unknown>, name: string): Map<string, unknown> => {
    const known = map.get(name);
    if (known instanceof Map) return known;
    const made = new Map<string, unknown>();
    map.set(name, made);
    return made;
  };
  for (const { section, item, field, value, at } of readings) {
    const inSection = inside(view, section);
    (item === "" ? inSection : inside(inSection, item)).set(field, { value, at: isoTime(at) });
  }
  return plain(view);
}

/** Nested maps as nested objects; an entry never becomes a prototype. */
function plain(map: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    [...map].map(([name, value]) => [name, value instanceof Map ? plain(value) : value]),
  );
}
