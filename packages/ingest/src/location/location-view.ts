/** Where a device is, as far as anybody said, in one form for whoever asks. */
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";

/** Where the organisation says that its device stands. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly by: string;
  readonly at: number;
}

export interface Whereabouts {
  readonly country: string | null;
  readonly countrySince: number | null;
  readonly place: Place | null;
  /** The document of the device's section. */
  readonly told: unknown;
}

const places = ["cell", "latitude", "longitude"] as const;
const members = ["source", "cell", "resolution", "accuracyMetres", "latitude", "longitude", "at"] as const;

/**
 * The organisation's own word about where its device stands goes before what the device tells, and that before the
 * country of its address. Null where nothing is known; finer than a country only for who may read what is sensitive.
 */
export function locationView(
  { country, countrySince, place, told }: Whereabouts,
  { sensitive }: Scope,
): { readonly view: Record<string, unknown> | null; readonly masked: readonly string[] } {
  const known = fixed(place) ?? toldIn(told) ?? address(countrySince);
  if (!known) return { view: null, masked: [] };
  const view: Record<string, unknown> = {
    ...Object.fromEntries(members.map((name) => [name, known[name] ?? null])),
    country,
  };
  const masked = sensitive ? [] : places.filter((name) => view[name] !== null);
  const hidden = Object.fromEntries(masked.map((name) => [name, null]));
  return { view: { ...view, ...hidden }, masked: masked.map((name) => `location.${name}`) };
}

type Known = Readonly<Record<string, unknown>>;

const fixed = (place: Place | null): Known | null =>
  place && {
    source: "fixed",
    latitude: place.latitude,
    longitude: place.longitude,
    at: isoTime(place.at),
  };

function toldIn(told: unknown): Known | null {
  if (typeof told !== "object" || told === null || !("cell" in told)) return null;
  return { ...told };
}

const address = (since: number | null): Known | null =>
  since === null ? null : { source: "address", at: isoTime(since) };
