/**
 * Everything that holds something of a device: every table of the store, every file and every cache in memory, with
 * how it forgets a device and how long it keeps what it has. A table that is not declared does not compile; deletion
 * and retention go by this list and no other.
 */
import type { Schema } from "./schema.ts";

/** How a place forgets one device. */
type Forgets =
  /** Nothing in it belongs to a device. */
  | "holds nothing of a device"
  /** Its rows are deleted with the device or the installation that they name. */
  | "with its device"
  | "with its installation"
  /** It names a device by its ordinal only, which is never used twice and tells nothing once the device is gone. */
  | "names ordinals only";

export interface Place {
  readonly forgets: Forgets;
  /** What ends a thing that stays in it. */
  readonly retention: string;
}

export const tables = {
  devices: { forgets: "with its device", retention: "as long as the device is there" },
  installations: { forgets: "with its installation", retention: "as long as the device is there" },
  sections: { forgets: "with its installation", retention: "as long as the device is there" },
  readings: { forgets: "with its installation", retention: "90 days" },
  search_texts: { forgets: "with its installation", retention: "as long as their section" },
  search_numbers: { forgets: "with its installation", retention: "as long as their section" },
  search_titles: { forgets: "with its installation", retention: "as long as their section" },
  enrolment_tokens: { forgets: "holds nothing of a device", retention: "as long as the server" },
  api_tokens: { forgets: "holds nothing of a device", retention: "as long as the server" },
  applications: { forgets: "holds nothing of a device", retention: "as long as the server" },
  server: { forgets: "holds nothing of a device", retention: "as long as the server" },
} as const satisfies Record<keyof Schema, Place>;

/** Files beside the database, and what is kept in memory. */
export const others = {
  "requests.log": { forgets: "names ordinals only", retention: "30 days" },
  "nonces spent (memory)": { forgets: "holds nothing of a device", retention: "5 minutes" },
} as const satisfies Record<string, Place>;
