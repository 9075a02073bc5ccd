/**
 * Looks at people's homes: each in a process that is its person and can be ended. What hangs in one home, or is
 * put there to be followed, costs that home and nothing else.
 */
import { sectionNamed } from "@rollcall/protocol";
import type { LookAround, Outcomes } from "./collecting.ts";
import { type Home, homeSources, homesWith } from "./homes.ts";
import type { ChildOptions } from "./in-child.ts";
import { openLook } from "./look.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";
import type { Task } from "./run-collector.ts";
import { together } from "./together.ts";

interface FoundHomes {
  readonly homes: readonly Home[];
  /** What a person should know of those that are not among them. */
  readonly notes: readonly string[];
}

interface HomesOptions extends ChildOptions {
  /** How long all homes may take. */
  readonly allMilliseconds?: number;
  /** Those that may have one of these places. */
  readonly homes?: (places: readonly string[]) => FoundHomes;
}

const usualLimit = 10_000;
const usualLimitOfAll = 60_000;

/** Takes the sections of homes upon itself and leaves the others to another way of looking. */
export function withHomes(others: LookAround, options: HomesOptions = {}): LookAround {
  return async (task) => {
    // Another machine's homes are files like its others: whoever reads them is none of its people.
    if (task.root !== null || task.facts.platform !== "linux") return others(task);
    const personal = task.sections.filter(isOfHomes);
    const rest = task.sections.filter((section) => !isOfHomes(section));
    return new Map([
      ...(rest.length > 0 ? await others({ ...task, sections: rest }) : []),
      ...(personal.length > 0 ? await inHomes({ ...task, sections: personal }, options) : []),
    ]);
  };
}

const isOfHomes = (section: string): boolean => sectionNamed(section)?.category === "personal-software";

/** As their definitions tell them to the person. */
const placesOf = (sections: readonly string[]): string[] =>
  sections
    .flatMap((section) => sectionNamed(section)?.sources.linux ?? [])
    .filter((source) => source.startsWith("~/"));

function homesHere(places: readonly string[]): FoundHomes {
  const look = openLook({ root: null, reads: homeSources });
  const account = process.getuid?.();
  return { homes: account === undefined ? [] : homesWith(places, look, account), notes: look.notes };
}

async function inHomes(task: Task, options: HomesOptions): Promise<Outcomes> {
  const { allMilliseconds = usualLimitOfAll, homes: find = homesHere } = options;
  const { homes, notes } = find(placesOf(task.sections));
  const began = performance.now();
  const perHome: (readonly Outcome[])[] = [];
  for (const home of homes) {
    const isLate = performance.now() - began > allMilliseconds;
    perHome.push(isLate ? allSettled(task, []) : await inHome({ ...task, home }, options));
  }
  return new Map(
    task.sections.map((section, at) => {
      const outcomes = perHome.flatMap((each) => each[at] ?? []);
      const { diagnostics, ...outcome } = together(section, outcomes);
      return [section, { ...outcome, diagnostics: [...notes, ...diagnostics] }];
    }),
  );
}

/** One process for all sections; whatever it does not get over ends it, for the rest lies in the same home. */
async function inHome(
  task: Task,
  { limitMilliseconds = usualLimit, ...options }: HomesOptions,
): Promise<Outcome[]> {
  const { oneRound } = await import("./in-child.ts");
  return allSettled(task, await oneRound(task, { ...options, limitMilliseconds }));
}

function allSettled({ sections }: Task, told: readonly Outcome[]): Outcome[] {
  const last = told.at(-1)?.status ?? "timed-out";
  return sections.map((section, at) => told[at] ?? nothingFrom(section, last, "its home was given up"));
}
