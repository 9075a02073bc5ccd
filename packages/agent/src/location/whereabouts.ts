/** Between state and collector: what finding the device's cell takes under the present grants, and what is kept of it. */
import { cellResolutions, type Grant, grantedLocation } from "@rollcall/protocol";
import type { LocationFacts } from "../collecting/collector.ts";
import type { Instant } from "../schedule.ts";
import type { StateDirectory } from "../state/directory.ts";
import { cellMemoryFile, type LocationSettings, locationSettingsFile } from "../state/files.ts";

export interface Whereabouts {
  facts(grants: readonly Grant[]): LocationFacts;
  /** `memory` is what a collector said. */
  remember(memory: unknown): void;
}

/** `keeps`: whether what is seen counts; for a look that goes nowhere it does not. */
export function whereaboutsIn(
  directory: StateDirectory,
  { now, keeps }: { readonly now: () => Instant; readonly keeps: boolean },
): Whereabouts {
  return {
    facts(grants) {
      const level = grantedLocation(grants);
      const resolution = level && cellResolutions[level];
      if (resolution === null) return { level };
      const { fixed, isPrivateServiceAllowed: isPrivateAllowed } = locationSettings(directory);
      const memory = directory.read(cellMemoryFile);
      const [url] = recipientsIn(grants);
      const service = url === undefined ? undefined : { url, isPrivateAllowed };
      return { level, search: { resolution, now: now(), fixed, service, memory } };
    },
    remember(memory) {
      if (keeps) directory.write(cellMemoryFile, cellMemoryFile.schema.parse(memory));
    },
  };
}

export const locationSettings = (directory: StateDirectory): LocationSettings =>
  directory.read(locationSettingsFile) ?? { isPrivateServiceAllowed: false };

const recipientsIn = (grants: readonly Grant[]): readonly string[] =>
  grants.flatMap(({ recipients }) => recipients ?? []);

/** Forgets what no longer stands on a grant: cells with the level that they were found for, the rest with the category. */
export function forgetPlaces(
  directory: StateDirectory,
  before: readonly Grant[],
  after: readonly Grant[],
): void {
  const level = grantedLocation(after);
  if (level !== grantedLocation(before)) directory.remove(cellMemoryFile);
  if (level === null) directory.remove(locationSettingsFile);
}
