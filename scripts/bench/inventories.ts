/**
 * `bench inventories`: how fast devices' inventories are stored, indexed and found, at first, with two packages
 * changed, and unchanged; against a script that writes the same packages as rows. Bodies are made before the clock
 * runs; it stops when a search finds everything that was acknowledged, which is checked.
 */
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { type Crowd, type Sample, startCrowds } from "./inventory-crowd.ts";
import { quantile, type Turn, takeTurns } from "./statistics.ts";
import { type Kind, kinds } from "./told-inventory.ts";

const levels = [64, 8] as const;
type Level = (typeof levels)[number];
/** What is measured: an inventory of a kind over so many connections, or the same as rows. */
type Side = `${Kind}${Level}` | `${Kind}${Level}Rows`;

const rows = "better-sqlite3 writing rows";

export const inventories: Bench = {
  name: "inventories",
  measures: `first inventories a second at ${levels[0]} connections, stored, indexed and searchable`,
  unit: "inventories/s",
  better: "higher",
  defaults: { devices: 64, seconds: 30 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { seconds, note } = surroundings;
  const crowds = await startCrowds(surroundings, levels);
  const began = performance.now();
  const turns = await takeTurns(sidesOf(crowds), {
    isEnough: () => performance.now() - began >= seconds * 1_000,
    onTurn: (number, turn) => note(describe(number, turn)),
  });
  return measured(turns, crowds);
}

/** The crowd of 64 connections does everything, then that of 8. */
function sidesOf(crowds: readonly Crowd[]): Readonly<Record<Side, () => Promise<Sample>>> {
  const sides = crowds.flatMap((crowd) =>
    kinds.flatMap((kind): [string, () => Promise<Sample>][] => [
      [`${kind}${crowd.connections}`, () => crowd.tell(kind)],
      [`${kind}${crowd.connections}Rows`, () => crowd.keep(kind)],
    ]),
  );
  // One side of each kind and number of connections, as `Side` has them.
  return Object.fromEntries(sides) as Record<Side, () => Promise<Sample>>;
}

type Turns = readonly Turn<Side, Sample>[];

function measured(turns: Turns, crowds: readonly Crowd[]): Measured {
  const main = compared(turns, "first", 64, "perSecond");
  const rates = levels.flatMap((level) =>
    kinds.flatMap((kind): [string, Compared][] => [
      [`${kind}PerSecond${level}`, compared(turns, kind, level, "perSecond")],
      [`${kind}AcknowledgedPerSecond${level}`, compared(turns, kind, level, "acknowledgedPerSecond")],
    ]),
  );
  const costs = kinds.flatMap((kind): [string, Compared][] => [
    [`${kind}CpuMilliseconds`, compared(turns, kind, 64, "cpuMilliseconds")],
    [`${kind}WrittenBytes`, compared(turns, kind, 64, "writtenBytes")],
  ]);
  const resident = compared(turns, "same", 64, "residentBytes");
  return {
    ours: main.ours,
    baseline: main.baseline,
    figures: Object.fromEntries([...rates, ...costs, ["residentBytes", resident], ...lags(crowds)]),
  };
}

const units = {
  perSecond: "inventories/s",
  acknowledgedPerSecond: "inventories/s",
  cpuMilliseconds: "ms an inventory",
  writtenBytes: "bytes an inventory",
  residentBytes: "bytes",
} as const;

function compared(turns: Turns, kind: Kind, level: Level, name: keyof Sample): Compared {
  const known = (side: Side) => turns.map((turn) => turn[side][name]).filter((value) => value !== undefined);
  return {
    unit: units[name],
    better: units[name] === "inventories/s" ? "higher" : "lower",
    ours: known(`${kind}${level}`),
    baseline: { name: rows, values: known(`${kind}${level}Rows`) },
  };
}

/** From an answer until what it acknowledged is found, over all rounds; what the goal allows stands beside it. */
const goals = { first: 5_000, changed: 2_000 } as const;

function lags(crowds: readonly Crowd[]): [string, Compared][] {
  return (["first", "changed"] as const).flatMap((kind) => {
    const all = crowds.flatMap(({ found }) => found[kind].lags);
    return ([0.5, 0.99] as const).map((part): [string, Compared] => [
      `${kind}LagP${part * 100}Milliseconds`,
      {
        unit: "ms",
        better: "lower",
        ours: all.length === 0 ? [] : [quantile(all, part)],
        baseline: { name: "goal for p99", values: [goals[kind]] },
      },
    ]);
  });
}

function describe(number: number, turn: Turn<Side, Sample>): string {
  const told = (level: Level) =>
    kinds.map((kind) => {
      const [ours, others] = [turn[`${kind}${level}`], turn[`${kind}${level}Rows`]];
      return `${kind} ${Math.round(ours.perSecond)}/s (rows ${Math.round(others.perSecond)}/s)`;
    });
  return `round ${number}: ${levels.map((level) => `${level} connections: ${told(level).join(", ")}`).join("; ")}`;
}
