/**
 * `bench agent`: what the agent costs a device, as it is deployed: bundled, started for one command, with what Node
 * compiled kept in its state. Whole processes, their children included: the whole inventory, a first check-in, one
 * that has nothing to tell and one that is not due, against another program that finds the same facts. The check-ins
 * go to a real server over the agent's socket.
 */
import { accessSync, constants, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { bundleAgent } from "../bundle/bundle-agent.ts";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { startRollcall } from "./servers.ts";
import { median, type Turn, takeTurns } from "./statistics.ts";
import { type Cost, costOf } from "./whole-process.ts";

export const agent: Bench = {
  name: "agent",
  measures: "processor time of the whole inventory, every category, before enrolment",
  unit: "CPU seconds",
  better: "lower",
  defaults: { devices: 1, seconds: 40 },
  run,
};

const sources = join(import.meta.dirname, "../../packages/agent/bin/rollcall-agent.mjs");
const node = process.execPath;
const nothing = "node -e 0";

/** More than a bench ever has rounds. */
const enrolments = 1_000;

type Run = (command: readonly string[], leniency?: { readonly mayFail: boolean }) => Promise<Cost>;
type Sides = Readonly<Record<string, () => Promise<Cost>>>;
type Turns = readonly Turn<string, Cost>[];

async function run(surroundings: Surroundings): Promise<Measured> {
  const { directory, seconds, note } = surroundings;
  const server = await startRollcall(surroundings);
  const run: Run = (command, leniency) => costOf(surroundings, command, leniency);
  const others = otherPrograms(run, directory);
  const names = Object.keys(others);
  const bundle = join(directory, "bundle");
  await bundleAgent(bundle);
  const programs = { bundled: [join(bundle, "bin/rollcall-agent.mjs")], fromSources: [node, sources] };
  const sides = { ...ownRuns(run, directory, programs, await server.newEnrolment(enrolments)), ...others };
  note(`the inventory has ${statuses((await sides.inventory()).stdout)}`);
  const began = performance.now();
  const turns = await takeTurns<string, Cost>(sides, {
    isEnough: () => performance.now() - began >= seconds * 1_000,
    onTurn: (number, turn) =>
      note(`round ${number}: ${["inventory", ...names].map((name) => told(name, turn)).join(", ")}`),
  });
  return measured(turns, names);
}

const told = (name: string, turn: Turn<string, Cost>) => `${name} ${turn[name]?.cpuSeconds.toFixed(3)} s`;

const shown = z.object({ sections: z.record(z.string(), z.object({ status: z.string() })) });

/** How many sections have which status: what was found decides how much a run costs. */
function statuses(json: string): string {
  const { sections } = shown.parse(JSON.parse(json));
  const groups = Map.groupBy(Object.values(sections), ({ status }) => status);
  return [...groups].map(([status, { length }]) => `${length} ${status}`).join(", ");
}

/** How each form of the agent is started: the bundle as a program of its own. */
type Programs = Readonly<Record<"bundled" | "fromSources", readonly string[]>>;

/** The agent's runs in the order in which they build on each other, and a Node that does nothing. */
function ownRuns(run: Run, directory: string, { bundled, fromSources }: Programs, enrolment: string) {
  let state = "";
  let devices = 0;
  const agent = (program: readonly string[], ...args: string[]) =>
    run([...program, ...args, "--state", state, "--json"]);
  // Not enrolled, as before enrolment; there, so that what Node compiled can be kept in it.
  const none = join(directory, "none");
  mkdirSync(none, { mode: 0o700 });
  const inventory = (program: readonly string[]) => () =>
    run([...program, "show", "--all", "--json", "--state", none]);
  return {
    inventory: inventory(bundled),
    inventoryFromSources: inventory(fromSources),
    async firstCheckIn() {
      state = join(directory, `agent-${devices++}`);
      await agent(bundled, "enrol", enrolment, "--grant", "inventory");
      return demand("sent", () => agent(bundled, "check-in"));
    },
    /** With every category, after one that found everything for the first time. */
    async secondRun() {
      const whole = ["--state", join(directory, `whole-${devices}`), "--json"];
      await run([...bundled, "enrol", enrolment, "--grant", "full", ...whole]);
      await run([...bundled, "check-in", ...whole]);
      await run([...bundled, "check-in", ...whole]);
      return run([...bundled, "check-in", ...whole]);
    },
    async unchangedCheckIn() {
      // What the first one compiled is kept by now; the second one finds more to keep.
      await agent(bundled, "check-in");
      return demand("unchanged", () => agent(bundled, "check-in"));
    },
    unchangedFromSources: () => demand("unchanged", () => agent(fromSources, "check-in")),
    notDueCheckIn: () => demand("not-due", () => agent(bundled, "check-in", "--if-due")),
    [nothing]: () => run([node, "-e", "0"]),
  };
}

const checkedIn = z.object({ outcome: z.string(), sent: z.array(z.string()) });

/** A check-in with this outcome; once more when the machine changed in between, or its time came just then. */
async function demand(outcome: string, checkIn: () => Promise<Cost>): Promise<Cost> {
  let cost = await checkIn();
  if (checkedIn.parse(JSON.parse(cost.stdout)).outcome !== outcome) cost = await checkIn();
  const said = checkedIn.parse(JSON.parse(cost.stdout));
  if (said.outcome === outcome) return cost;
  throw new Error(`a check-in was ${said.outcome}, not ${outcome}: ${said.sent.join(", ")}`);
}

/** Programs that find the same facts, or most of them where they may not look everywhere: agents that are installed here, else systeminformation. */
function otherPrograms(run: Run, directory: string): Sides {
  const agents = {
    "fusioninventory-agent --local": ["--local", directory, "--tasks", "inventory", "--force"],
    facter: ["--json"],
  };
  const installed = Object.entries(agents).flatMap(([name, args]) => {
    const path = installedProgram(name.split(" ")[0] ?? "");
    return path === undefined ? [] : [[name, () => run([path, ...args], { mayFail: true })] as const];
  });
  if (installed.length > 0) return Object.fromEntries(installed);
  const facts = fileURLToPath(import.meta.resolve("./systeminformation-facts.mjs"));
  return { systeminformation: () => run([node, facts]) };
}

function installedProgram(name: string): string | undefined {
  const paths = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

type Member = "cpuSeconds" | "wallSeconds" | "peakBytes";
const units = { cpuSeconds: "CPU seconds", wallSeconds: "s", peakBytes: "bytes" } as const;

function measured(turns: Turns, others: readonly string[]): Measured {
  const samples = (name: string, member: Member): number[] =>
    turns.map((turn) => turn[name]?.[member]).filter((value) => value !== undefined);
  const cpu = (name: string) => median(samples(name, "cpuSeconds"));
  const fastest = others.toSorted((a, b) => cpu(a) - cpu(b))[0] ?? "";
  const compared = (ours: string, member: Member, name = fastest): Compared => ({
    unit: units[member],
    better: "lower",
    ours: samples(ours, member),
    baseline: { name, values: samples(name, member) },
  });
  const { ours, baseline } = compared("inventory", "cpuSeconds");
  return {
    ours,
    baseline,
    figures: {
      inventoryWallSeconds: compared("inventory", "wallSeconds"),
      inventoryPeakBytes: compared("inventory", "peakBytes"),
      inventoryFromSourcesCpuSeconds: compared("inventoryFromSources", "cpuSeconds"),
      firstCheckInCpuSeconds: compared("firstCheckIn", "cpuSeconds"),
      firstCheckInPeakBytes: compared("firstCheckIn", "peakBytes"),
      unchangedCheckInCpuSeconds: compared("unchangedCheckIn", "cpuSeconds"),
      unchangedCheckInPeakBytes: compared("unchangedCheckIn", "peakBytes"),
      secondRunCpuSeconds: compared("secondRun", "cpuSeconds"),
      secondRunPeakBytes: compared("secondRun", "peakBytes"),
      unchangedFromSourcesCpuSeconds: compared("unchangedFromSources", "cpuSeconds"),
      unchangedFromSourcesPeakBytes: compared("unchangedFromSources", "peakBytes"),
      notDueCheckInCpuSeconds: compared("notDueCheckIn", "cpuSeconds", nothing),
      notDueCheckInPeakBytes: compared("notDueCheckIn", "peakBytes", nothing),
    },
  };
}
