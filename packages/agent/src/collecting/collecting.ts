/**
 * Looks at the machine: asks only for what is granted, and makes what comes back fit the definitions. Where the
 * looking is done is somebody else's choice.
 */
import {
  type Application,
  agentApplication,
  allSections,
  defaultChannel,
  grantedLocation,
  isGranted,
  type LocationRule,
  platforms,
  type SectionDefinition,
} from "@rollcall/protocol";
import type { Collect, FoundSection, Held } from "../check-in/found.ts";
import type { Waiting } from "../consent/agreed.ts";
import type { Whereabouts } from "../location/whereabouts.ts";
import type { AgentFacts, CountedFailure } from "./collector.ts";
import { foundSection } from "./found-section.ts";
import { nothingFrom, type Outcome } from "./outcome.ts";
import type { Task } from "./run-collector.ts";
import { standsAsSeen } from "./seen.ts";
import { withoutWaiting } from "./without-waiting.ts";

interface Surroundings {
  /** Another machine's root directory; null: this machine's. */
  readonly rootfs: string | null;
  readonly platform: NodeJS.Platform;
  readonly agentVersion: string;
  /** The agent's own is not among them. */
  readonly applications: readonly Application[];
  /** The server's id; null before enrolment. */
  readonly server: string | null;
  /** Whether consent was withdrawn completely once: what could tell that it is the same machine is read no more. */
  readonly isUnlinked: boolean;
  /** Where it is kept what the device's cell is found with; without it none is found. */
  readonly whereabouts?: Whereabouts;
  /** What the agent could not do so far. */
  readonly failures?: () => readonly CountedFailure[];
}

export type Outcomes = ReadonlyMap<string, Outcome>;

/** Runs the collectors of a task, in this process or another: an outcome for each section. */
export type LookAround = (task: Task) => Promise<Outcomes>;

export function collecting(around: Surroundings, lookAround: LookAround): Collect {
  return async ({ grants, ownership, sections, held, waiting = new Map() }) => {
    // What waits, though the server has it, is left as it is: a newer catalogue deletes nothing.
    const wanted = allSections.filter(
      ({ name }) =>
        (sections?.includes(name) ?? true) &&
        !(waiting.get(name) === null && held?.sections[name]?.digest != null),
    );
    const granted = wanted.filter(
      (definition) =>
        isGranted(definition, grants) &&
        waiting.get(definition.name) !== null &&
        !(around.isUnlinked && linksMachine(definition)),
    );
    const level = grantedLocation(grants);
    const rule = { ownership, level };
    const madeBy = (definition: SectionDefinition) => makingOf(definition, around, rule, waiting);
    const unchanged = new Set(
      granted.filter((each) => held && stillHolds(held, each, madeBy(each))).map(({ name }) => name),
    );
    const names = granted.flatMap(({ name }) => (unchanged.has(name) ? [] : [name]));
    const location = around.whereabouts?.facts(grants) ?? { level };
    const outcomes = await outcomesOf(names, { ...around, location }, lookAround);
    const memory = outcomes.get("location")?.memory;
    if (memory !== undefined) around.whereabouts?.remember(memory);
    return new Map(
      wanted.map((definition): [string, FoundSection] => {
        const { name } = definition;
        if (unchanged.has(name)) return [name, { status: "ok", isHeld: true }];
        const outcome = outcomes.get(name);
        if (!outcome) return [name, { status: "not-consented" }];
        const found = withoutWaiting(definition, foundSection(definition, outcome, rule), waiting.get(name));
        const { seen } = outcome;
        if (found.status !== "ok" || !seen) return [name, found];
        return [name, { ...found, seen: { ...seen, madeBy: madeBy(definition) } }];
      }),
    );
  };
}

/** What a document hangs on besides what was seen. */
const makingOf = (
  { name, schema }: SectionDefinition,
  { agentVersion }: Surroundings,
  rule: LocationRule,
  waiting: Waiting,
): string => JSON.stringify([agentVersion, schema, rule, waiting.get(name) ?? []]);

/** However little has changed, everything is looked at anew each day. */
const longestHeld = 24 * 3_600_000;

/** Whether a section would be made of the same things in the same way as what the server has. */
function stillHolds({ sections, now }: Held, { name }: SectionDefinition, madeBy: string): boolean {
  const { seen, status, body } = sections[name] ?? {};
  if (!seen || status !== "ok" || body == null || seen.madeBy !== madeBy) return false;
  const age = now - seen.at;
  return age >= 0 && age < longestHeld && standsAsSeen(seen, now);
}

/** Whether a section is there to be compared with another device's. */
const linksMachine = ({ flat }: SectionDefinition): boolean =>
  flat.some(({ field }) => field.facts.comparedOnly === true);

async function outcomesOf(
  sections: readonly string[],
  around: Surroundings & Pick<AgentFacts, "location">,
  lookAround: LookAround,
): Promise<Outcomes> {
  const facts = factsOf(around);
  if (!facts) return new Map(sections.map((section) => [section, nothingFrom(section, "unsupported")]));
  if (sections.length === 0) return new Map();
  return lookAround({ sections, root: around.rootfs, facts });
}

function factsOf({
  platform,
  agentVersion,
  applications,
  server,
  location,
  failures,
}: Surroundings & Pick<AgentFacts, "location">): AgentFacts | null {
  const known = platforms.find((name) => name === platform);
  const own = { number: agentApplication, version: agentVersion, channel: defaultChannel };
  if (!known) return null;
  const facts = { platform: known, agentVersion, applications: [own, ...applications], server, location };
  return { ...facts, ...(failures ? { failures: failures() } : {}) };
}
