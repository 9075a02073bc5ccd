/**
 * What the agent did, for the person whose device it is: one line each, in words, with nothing of what was collected.
 * The file is bounded; its older half goes when it is full. Nothing that the agent does depends on it.
 */
import { appendFileSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "@rollcall/host";
import { z } from "zod";
import type { StateDirectory } from "./directory.ts";

const logName = "agent.log";

const longestOutcome = 500;
const mostBytes = 256 * 1024;

const entrySchema = z.object({
  at: z.string().max(32),
  /** The command. */
  did: z.string().max(64),
  outcome: z.string().max(longestOutcome),
});
export type LogEntry = z.infer<typeof entrySchema>;

/** Adds an entry where there is a state directory. Throws what writing throws. */
export function appendLog({ path }: StateDirectory, { outcome, ...entry }: LogEntry): void {
  if (!existsSync(path)) return;
  const file = join(path, logName);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > mostBytes) writeAtomically(file, newerHalf(readFileSync(file)));
  const line = `${JSON.stringify({ ...entry, outcome: outcome.slice(0, longestOutcome).toWellFormed() })}\n`;
  // One write at the end of the file: two commands do not mix their lines.
  appendFileSync(file, line, { mode: 0o600 });
}

function newerHalf(bytes: Buffer): Uint8Array {
  const middle = bytes.subarray(bytes.length - Math.floor(mostBytes / 2));
  return middle.subarray(middle.indexOf("\n") + 1);
}

/** The log as it is now, oldest first, one text for each line; what is no entry of ours is left out. */
export function readLog({ path }: StateDirectory): readonly LogEntry[] {
  const file = join(path, logName);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").flatMap(entriesIn);
}

function entriesIn(line: string): LogEntry[] {
  try {
    const result = entrySchema.safeParse(JSON.parse(line));
    return result.success ? [result.data] : [];
  } catch {
    return [];
  }
}
