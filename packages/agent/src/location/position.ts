/** Where a source says that the device is; never leaves the look that found it. */
import type { LocationSource } from "./cell-memory.ts";

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  /** The device is that near, probably. */
  readonly accuracyMetres: number;
  readonly ageSeconds: number;
  readonly source: LocationSource;
}

/** What is vaguer says nothing; a service that knows only a country says so with hundreds of kilometres. */
const vaguestMetres = 100_000;
const oldestSeconds = 3_600;

/** The position, or undefined when it is none: receivers without a fix, and services without an answer, say zero. */
export function positionOf(said: Position): Position | undefined {
  const { latitude, longitude, accuracyMetres, ageSeconds } = said;
  const isPlace =
    Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && !(latitude === 0 && longitude === 0);
  const isTold = accuracyMetres > 0 && accuracyMetres <= vaguestMetres && ageSeconds <= oldestSeconds;
  return isPlace && isTold ? said : undefined;
}

/** How far a device goes in a second, so that age counts as vagueness. */
const metresPerSecond = 30;

const vagueness = ({ accuracyMetres, ageSeconds }: Position): number =>
  accuracyMetres + Math.max(ageSeconds, 0) * metresPerSecond;

/** The best by accuracy and age. */
export function bestOf(positions: readonly (Position | undefined)[]): Position | undefined {
  return positions.reduce(
    (best, each) => (best === undefined || (each && vagueness(each) < vagueness(best)) ? each : best),
    undefined,
  );
}
