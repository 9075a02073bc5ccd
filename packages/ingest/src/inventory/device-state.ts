/** How a device is doing, worked out from when it was seen last; and the question for those that do so. */
import { joined, negated } from "@rollcall/protocol";
import type { Config } from "../config.ts";
import { day } from "../milliseconds.ts";
import type { IndexQuery } from "../store/search-index.ts";
import type { DeviceRow } from "./queries.ts";

export const deviceStates = ["active", "stale", "silent", "in-doubt", "retired"] as const;
export type DeviceState = (typeof deviceStates)[number];

/** Milliseconds without a check-in after which a device is stale, and silent. */
export interface Quiet {
  readonly stale: number;
  readonly silent: number;
}

export const quietOf = (config: Config): Quiet => ({
  stale: config["devices.staleIntervals"] * config["check-ins.intervalSeconds"] * 1_000,
  silent: config["devices.silentDays"] * day,
});

export function deviceState(
  { lastSeenAt, retiredAt, inDoubt }: Pick<DeviceRow, "lastSeenAt" | "retiredAt" | "inDoubt">,
  now: number,
  { stale, silent }: Quiet,
): DeviceState {
  if (retiredAt !== null) return "retired";
  if (inDoubt) return "in-doubt";
  const quiet = now - lastSeenAt;
  if (quiet >= silent) return "silent";
  return quiet >= stale ? "stale" : "active";
}

/** The devices in a state, by what an index knows: `deviceState` as a question. */
export function queryOfState(state: DeviceState, now: number, { stale, silent }: Quiet): IndexQuery {
  const flagged = (flag: "retired" | "in-doubt"): IndexQuery => ({ kind: "flag", flag });
  const seen = (comparison: ">" | "<=", quiet: number): IndexQuery => {
    return { kind: "time", field: "seen", comparison, at: now - quiet };
  };
  const isHere = [negated(flagged("retired")), negated(flagged("in-doubt"))];
  switch (state) {
    case "retired":
      return flagged("retired");
    case "in-doubt":
      return joined("all", [negated(flagged("retired")), flagged("in-doubt")]);
    case "silent":
      return joined("all", [...isHere, seen("<=", silent)]);
    case "stale":
      return joined("all", [...isHere, seen(">", silent), seen("<=", stale)]);
    case "active":
      return joined("all", [...isHere, seen(">", silent), seen(">", stale)]);
  }
}
