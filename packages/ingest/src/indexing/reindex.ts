/** The index made anew from what the store holds, beside the one that is there, and then put in its place. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { syncFolder } from "@rollcall/host";
import { IndexWriter } from "./index-writer.ts";
import type { Position } from "./part-file.ts";
import { type ReadDevices, readInSlices } from "./read-devices.ts";

export interface Truth {
  readonly read: ReadDevices;
  /** Ordinals of the first devices from this one on, `most` of them. */
  devicesFrom(ordinal: number, most: number): Promise<readonly number[]>;
}

/** Devices of one merge. */
const atOnce = 5_000;
const beside = (directory: string): string => `${directory}.new`;

/**
 * Makes it beside the one at `directory`, which goes on answering. `position`: what the store held before the first
 * device was read; who follows the log from there on brings in what changed meanwhile.
 */
export async function buildBeside(
  directory: string,
  truth: Truth,
  position: readonly Position[],
): Promise<number> {
  const made = beside(directory);
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { mode: 0o700 });
  const writer = new IndexWriter(made);
  try {
    let count = 0;
    for (let from = 0; ; ) {
      const ordinals = await truth.devicesFrom(from, atOnce);
      const last = ordinals.at(-1);
      if (last === undefined) break;
      writer.merge(await readInSlices(truth.read, ordinals), []);
      count += ordinals.length;
      from = last + 1;
    }
    writer.merge([], position);
    return count;
  } finally {
    writer.close();
  }
}

/**
 * Puts what was built beside in the place of what is there; nobody may have that open. A crash in between leaves no
 * index at all, and then it is made anew at the next start.
 */
export function swapIn(directory: string): void {
  const made = beside(directory);
  if (!existsSync(made)) throw new Error("there is no new index to put in place");
  rmSync(directory, { recursive: true, force: true });
  renameSync(made, directory);
  syncFolder(dirname(directory));
}
