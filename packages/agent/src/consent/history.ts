/**
 * Every grant and withdrawal on this device, for its person: what, when, by whom, under which policy. The server keeps
 * its own beside its receipts. Bounded: the newest are kept.
 */
import { type Giver, type Grant, grantChanges, grantSchema } from "@rollcall/protocol";
import { z } from "zod";
import type { StateDirectory, StateFile } from "../state/directory.ts";

const mostKept = 1_000;

const changeSchema = z.object({ did: z.enum(["granted", "withdrawn"]), ...grantSchema.shape });
/** A grant as it was given, or what of one was taken back. */
export type HistoryEntry = z.infer<typeof changeSchema>;

export const historyFile: StateFile<HistoryEntry[]> = {
  name: "consent-history.json",
  schema: z.array(changeSchema).max(mostKept),
  remedy: "move it away and keep it",
};

export const readHistory = (directory: StateDirectory): readonly HistoryEntry[] =>
  directory.read(historyFile) ?? [];

export function addToHistory(directory: StateDirectory, changes: readonly HistoryEntry[]): void {
  if (changes.length > 0)
    directory.write(historyFile, [...readHistory(directory), ...changes].slice(-mostKept));
}

/** What happened between two lists; `giver` is who took back. */
export const changesBetween = (
  before: readonly Grant[],
  after: readonly Grant[],
  giver: Giver,
): HistoryEntry[] =>
  grantChanges(before, after).map(({ did, grant }) => ({
    did,
    ...grant,
    ...(did === "withdrawn" ? giver : {}),
  }));
