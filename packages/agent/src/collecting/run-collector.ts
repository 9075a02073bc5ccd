/** Runs one collector: whatever it does, something comes of it. */
import type { Platform } from "@rollcall/protocol";
import type { AgentFacts, Collected, Look } from "./collector.ts";
import { homesInTree, openHome } from "./home-look.ts";
import type { Home } from "./homes.ts";
import { openLook, type Ran, type Recorded, type WatchedLook } from "./look.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";
import { together } from "./together.ts";

type Collect = (look: Look, facts: AgentFacts) => Collected<unknown> | Promise<Collected<unknown>>;

/** A collector of whatever section. */
export interface AnyCollector {
  readonly section: string;
  readonly platforms: Partial<
    Readonly<
      Record<
        Platform,
        | {
            readonly reads: readonly string[];
            readonly programs?: readonly string[];
            readonly connects?: readonly string[];
            readonly collect: Collect;
          }
        | { readonly homes: readonly string[]; readonly collect: Collect }
      >
    >
  >;
}

/** What is asked for: these sections, in this order. */
export interface Task {
  readonly sections: readonly string[];
  /** The machine's root directory; null: the running system's own. */
  readonly root: string | null;
  readonly facts: AgentFacts;
  /** The sections are those of homes, and this is the one to look at; all of them where the root is another machine's. */
  readonly home?: Home;
}

/**
 * Runs the collector of one section of a task; without one the section is `unsupported`. `ran`: what programs printed
 * to the task's other sections.
 */
export async function runSection(
  collectors: readonly AnyCollector[],
  section: string,
  { root, facts, home }: Omit<Task, "sections">,
  ran?: Ran,
): Promise<Outcome> {
  const collector = collectors.find((each) => each.section === section);
  return collector
    ? runCollector(collector, root, facts, { home, ran })
    : nothingFrom(section, "unsupported");
}

interface RunOptions {
  readonly home?: Home | undefined;
  readonly recorded?: Recorded | undefined;
  readonly ran?: Ran | undefined;
}

/** `root` is the machine's root directory, null the running system's own. */
export async function runCollector(
  { section, platforms }: AnyCollector,
  root: string | null,
  facts: AgentFacts,
  { home, recorded, ran }: RunOptions = {},
): Promise<Outcome> {
  const here = platforms[facts.platform];
  if (!here) return nothingFrom(section, "unsupported");
  const { collect } = here;
  const lookedAt = (look: WatchedLook) => outcomeOf(section, collect, look, facts);
  if (!("homes" in here)) {
    const { reads, programs, connects } = here;
    return lookedAt(openLook({ root, reads, programs, connects, recorded, ran }));
  }
  if (home) return lookedAt(openHome(home, here.homes));
  // Homes of the running system are looked at one by one, each in a process of its person.
  if (root === null) return nothingFrom(section, "failed", "no home was named");
  const outcomes: Outcome[] = [];
  for (const each of homesInTree(root, here.homes)) outcomes.push(await lookedAt(each));
  return together(section, outcomes);
}

async function outcomeOf(
  section: string,
  collect: Collect,
  look: WatchedLook,
  facts: AgentFacts,
): Promise<Outcome> {
  try {
    const collected = await collect(look, facts);
    if ("document" in collected) {
      // What takes the agent's own facts, or tells what moves, is not made of the files alone.
      const isOfFiles = collect.length < 2 && collected.readings === undefined;
      const seen = (isOfFiles && look.seen()) || undefined;
      return { section, status: "ok", ...collected, diagnostics: look.notes, ...(seen && { seen }) };
    }
    const { nothing, ...kept } = collected;
    // "Nothing there" is only said by who was let in everywhere.
    const status = nothing === "none" && look.wasDenied ? "denied" : nothing;
    return { section, status, ...kept, diagnostics: look.notes };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { section, status: "failed", diagnostics: [...look.notes, reason.slice(0, 500)] };
  }
}
