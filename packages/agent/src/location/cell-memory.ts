/** What finding the device's cell takes and leaves: types only, for collectors and state alike. */
import type { DocumentNamed } from "@rollcall/protocol";

export type LocationSource = NonNullable<DocumentNamed<"location">["source"]>;

/** What the agent hands to the look for the device's cell. */
export interface CellSearch {
  /** Of the H3 cells that the level allows, the finest. */
  readonly resolution: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where the owner says that the device is. */
  readonly fixed?: FixedPlace | undefined;
  /** The geolocation service that the grant names. */
  readonly service?: GeolocationService | undefined;
  /** Of the last look. */
  readonly memory?: CellMemory | undefined;
}

export interface FixedPlace {
  readonly latitude: number;
  readonly longitude: number;
  /** When that was said, milliseconds since 1970. */
  readonly at: number;
}

export interface GeolocationService {
  /** https; its path, where it has one, is asked instead of /v1/geolocate. */
  readonly url: string;
  /** Whether it may lie in a private network. */
  readonly isPrivateAllowed: boolean;
}

/** What is remembered from one look to the next: cells as coarse as they may be told, and times; never a position. */
export interface CellMemory {
  /** The resolution that these cells were looked for in; another level begins anew. */
  readonly resolution: number;
  /** The cell that is told. */
  readonly present?: PresentCell | undefined;
  /** The cell that the device was last seen in, until it has rested there. */
  readonly candidate?: CandidateCell | undefined;
  /** When cells were first told, of the last 24 hours, milliseconds since 1970. */
  readonly reports: readonly number[];
  /** The service asked to be left alone until then. */
  readonly serviceQuietUntil?: number | undefined;
}

export interface PresentCell {
  readonly cell: string;
  readonly source: LocationSource;
  /** The hour in which it was first told, milliseconds since 1970. */
  readonly at: number;
}

export interface CandidateCell {
  readonly cell: string;
  readonly since: number;
}
