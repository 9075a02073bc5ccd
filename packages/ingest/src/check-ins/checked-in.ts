/** When an installation checked in last: its row knows it, or what is current beside the rows. */
import type { CurrentReader } from "../store/current-values.ts";

/** What a query asks of `installations` for that, joined or not. */
export const checkedInColumns = [
  "installations.ordinal as installation",
  "installations.counter",
  "installations.check_in_at",
] as const;

/** null: never, or there is no installation. */
export const checkedInAt = (
  row: {
    readonly installation: number | null;
    readonly counter: number | null;
    readonly check_in_at: number | null;
  },
  current: CurrentReader,
): number | null => current.laterAt(row.installation ?? 0, row.counter ?? 0) ?? row.check_in_at;
