/** Runs one collector: whatever it does, something comes of it. */
import type { Platform, Status } from "@rollcall/protocol";
import type { AgentFacts, Collected, Look } from "./collector.ts";
import { openLook } from "./look.ts";
import type { Seen } from "./seen.ts";

/** What came of one section, before it is held against its definition. Survives JSON. */
export interface Outcome {
  readonly section: string;
  readonly status: Status;
  readonly document?: unknown;
  readonly readings?: unknown;
  readonly diagnostics: readonly string[];
  /** What a document was made from, where nothing else was asked. */
  readonly seen?: Seen | undefined;
}

export const nothingFrom = (
  section: string,
  status: Outcome["status"],
  ...diagnostics: string[]
): Outcome => ({ section, status, diagnostics });

/** A collector of whatever section. */
export interface AnyCollector {
  readonly section: string;
  readonly platforms: Partial<
    Readonly<
      Record<
        Platform,
        {
          readonly reads: readonly string[];
          readonly programs?: readonly string[];
          collect(look: Look, facts: AgentFacts): Collected<unknown> | Promise<Collected<unknown>>;
        }
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
}

/** Runs the collector of one section of a task; without one the section is `unsupported`. */
export async function runSection(
  collectors: readonly AnyCollector[],
  section: string,
  { root, facts }: Omit<Task, "sections">,
): Promise<Outcome> {
  const collector = collectors.find((each) => each.section === section);
  return collector ? runCollector(collector, root, facts) : nothingFrom(section, "unsupported");
}

/** `root` is the machine's root directory, null the running system's own. */
export async function runCollector(
  collector: AnyCollector,
  root: string | null,
  facts: AgentFacts,
): Promise<Outcome> {
  const { section } = collector;
  const here = collector.platforms[facts.platform];
  if (!here) return { section, status: "unsupported", diagnostics: [] };
  const look = openLook({ root, reads: here.reads, programs: here.programs });
  try {
    const collected = await here.collect(look, facts);
    if ("document" in collected) {
      // What takes the agent's own facts, or tells what moves, is not made of the files alone.
      const isOfFiles = here.collect.length < 2 && collected.readings === undefined;
      const seen = (isOfFiles && look.seen()) || undefined;
      return { section, status: "ok", ...collected, diagnostics: look.notes, ...(seen && { seen }) };
    }
    const { nothing } = collected;
    // "Nothing there" is only said by who was let in everywhere.
    const status = nothing === "none" && look.wasDenied ? "denied" : nothing;
    return { section, status, diagnostics: look.notes };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { section, status: "failed", diagnostics: [...look.notes, reason.slice(0, 500)] };
  }
}
