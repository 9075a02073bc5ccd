/** A machine that runs, as far as a tree tells: what its programs print is made up, and what was run is kept. */
import type { Test } from "tap";
import type { Answer } from "../collecting/answers-to.ts";
import type { Look, Printed } from "../collecting/collector.ts";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "./collected.ts";

interface Declared {
  readonly reads: readonly string[];
  readonly programs?: readonly string[] | undefined;
}

/** By program what it prints; one that is not there hangs, which ends in undefined. */
export type Prints = Readonly<Record<string, Printed>>;

export function running(
  t: Test,
  { reads, programs = [] }: Declared,
  tree: Tree,
  prints: Prints = {},
  answers?: readonly Answer[],
): { readonly look: Look; readonly notes: readonly string[]; readonly ran: readonly string[][] } {
  const ran: string[][] = [];
  const watched = openLook({ root: machineTree(t, tree), reads });
  const look: Look = {
    ...watched,
    live: true,
    run: async (program, args) => {
      if (!programs.includes(program)) throw new Error(`${program} is not declared`);
      ran.push([program, ...args]);
      return prints[program];
    },
    ask: async () => answers,
  };
  return { look, notes: watched.notes, ran };
}
