/**
 * `bench inventories`: how fast devices' inventories are stored, indexed and found, at first, with two packages
 * changed, and unchanged; against a script that writes the same packages as rows; on PostgreSQL against COPY of
 * them, and two servers against one. Bodies are made before the clock
 * runs; it stops when a search finds everything that was acknowledged, which is checked.
 */
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { type Crowd, type Manner, type Sample, startCrowds } from "./inventory-crowd.ts";
import { quantile, type Turn, takeTurns } from "./statistics.ts";
import { type Kind, kinds } from "./told-inventory.ts";

const one: readonly Manner[] = [
  { name: "64", connections: 64, toAll: false },
  { name: "8", connections: 8, toAll: false },
];
/** On PostgreSQL: the same devices to two servers in turn. */
const two: Manner = { name: "64TwoServers", connections: 64, toAll: true };

export const inventories: Bench = {
  name: "inventories",
  measures: "first inventories a second at 64 connections, stored, indexed and searchable",
  unit: "inventories/s",
  better: "higher",
  defaults: { devices: 64, seconds: 30 },
  overPostgres: true,
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { database, seconds, note } = surroundings;
  const crowds = await startCrowds(surroundings, database === "postgres" ? [...one, two] : one);
  const began = performance.now();
  const turns = await takeTurns(sidesOf(crowds), {
    isEnough: () => performance.now() - began >= seconds * 1_000,
    onTurn: (number, turn) => note(describe(number, turn, crowds)),
  });
  return measured(turns, crowds);
}

/** What is measured: an inventory of a kind as a crowd tells it, or the same as rows. */
const sideOf = (kind: Kind, { name }: Manner) => `${kind}${name}`;
const rowsOf = (kind: Kind, manner: Manner) => `${sideOf(kind, manner)}Rows`;

/** One crowd does everything, then the next. Only who speaks to one server is compared with rows. */
function sidesOf(crowds: readonly Crowd[]): Readonly<Record<string, () => Promise<Sample>>> {
  const sides = crowds.flatMap((crowd) =>
    kinds.flatMap((kind): [string, () => Promise<Sample>][] => [
      [sideOf(kind, crowd.manner), () => crowd.tell(kind)],
      ...(crowd.manner.toAll
        ? []
        : [[rowsOf(kind, crowd.manner), () => crowd.keep(kind)] as [string, () => Promise<Sample>]]),
    ]),
  );
  return Object.fromEntries(sides);
}

type Turns = readonly Turn<string, Sample>[];

function measured(turns: Turns, crowds: readonly Crowd[]): Measured {
  const [crowd] = crowds;
  if (!crowd) throw new Error("there is no crowd");
  const { manner, rows } = crowd;
  const against = (kind: Kind, each: Manner, name: keyof Sample) =>
    compared(
      turns,
      name,
      sideOf(kind, each),
      each.toAll ? [sideOf(kind, manner), "one server"] : [rowsOf(kind, each), rows.name],
    );
  const rates = crowds.flatMap(({ manner: each }) =>
    kinds.flatMap((kind): [string, Compared][] => [
      [`${kind}PerSecond${each.name}`, against(kind, each, "perSecond")],
      [`${kind}AcknowledgedPerSecond${each.name}`, against(kind, each, "acknowledgedPerSecond")],
    ]),
  );
  const costs = kinds.flatMap((kind): [string, Compared][] => [
    [`${kind}CpuMilliseconds`, against(kind, manner, "cpuMilliseconds")],
    [`${kind}WrittenBytes`, against(kind, manner, "writtenBytes")],
  ]);
  const { ours, baseline } = against("first", manner, "perSecond");
  const resident = against("same", manner, "residentBytes");
  return {
    ours,
    baseline,
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

function compared(
  turns: Turns,
  name: keyof Sample,
  ours: string,
  [baseline, called]: readonly [string, string],
): Compared {
  const known = (side: string) =>
    turns.map((turn) => turn[side]?.[name]).filter((value) => value !== undefined);
  return {
    unit: units[name],
    better: units[name] === "inventories/s" ? "higher" : "lower",
    ours: known(ours),
    baseline: { name: called, values: known(baseline) },
  };
}

/** From an answer until what it acknowledged is found, over all rounds; what the goal allows stands beside it. */
const goals = { first: 5_000, changed: 2_000 } as const;

function lags(crowds: readonly Crowd[]): [string, Compared][] {
  return (["first", "changed"] as const).flatMap((kind) => {
    const all = crowds.flatMap(({ found }) => found[kind].flatMap((each) => each.lags));
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

function describe(number: number, turn: Turn<string, Sample>, crowds: readonly Crowd[]): string {
  const rate = (side: string) => Math.round(turn[side]?.perSecond ?? 0);
  const told = ({ manner }: Crowd) =>
    kinds.map((kind) => {
      const rows = manner.toAll ? "" : ` (rows ${rate(rowsOf(kind, manner))}/s)`;
      return `${kind} ${rate(sideOf(kind, manner))}/s${rows}`;
    });
  return `round ${number}: ${crowds.map((crowd) => `${crowd.manner.name}: ${told(crowd).join(", ")}`).join("; ")}`;
}
