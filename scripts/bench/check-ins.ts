/**
 * `bench check-ins`: durable check-ins through the whole stack of a server, against bare node:http that parses the
 * same bodies and answers with the same bytes. Each has a process of its own; the load comes from this one.
 */
import type { SimulatedDevice } from "../../packages/ingest/src/testing/simulated-device.ts";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { copiesOf } from "./bulk-crowd.ts";
import { type CheckInRequest, checkInsOfConnection, enrolCrowd } from "./crowd.ts";
import { putLoadOn, type Round } from "./load.ts";
import { cpuSecondsOf, residentBytesOf, writtenBytesOf } from "./process-figures.ts";
import { type RollcallServer, type ServerProcess, startBareServer, startRollcall } from "./servers.ts";
import { type Turn, takeTurns } from "./statistics.ts";

const connections = 64;
const samples = 7;
/** Devices that enrol; the others are copies of one. */
const mostEnrolled = 2_048;
/** Check-ins a second that the first round, which warms up, counts on. */
const firstGuess = 2_000;
const baseline = "bare node:http";

export const checkIns: Bench = {
  name: "check-ins",
  measures: `check-ins a second at ${connections} connections, each on disk before its answer`,
  unit: "check-ins/s",
  better: "higher",
  defaults: { devices: 256, seconds: 60 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { seconds, note } = surroundings;
  const count = Math.max(surroundings.devices, connections);
  if (count > surroundings.devices) note(`${connections} connections need ${count} devices at least`);
  const server = await startRollcall(surroundings);
  const enrolled = await enrolCrowd(server, Math.min(count, mostEnrolled));
  const devices = [...enrolled, ...copied(enrolled, count - enrolled.length, server)];
  note(`${count} devices enrolled`);
  const answer = JSON.stringify(await devices[0]?.checkedIn());
  const bare = await startBareServer(surroundings, answer);
  const next = Array.from({ length: connections }, (_, each) =>
    checkInsOfConnection(devices, each, connections),
  );
  const bodyBytes = Buffer.byteLength(next[0]?.().body ?? "");
  // The first turn, which warms up, takes its time, too.
  const roundSeconds = seconds / 2 / (samples + 1);
  const turns = await takeTurns(
    {
      ours: loadsOn(server, { connections: next, answer, roundSeconds }),
      baseline: loadsOn(bare, { connections: next, answer, roundSeconds }),
    },
    { isEnough: (turns) => turns >= samples, onTurn: (number, turn) => note(describe(number, turn)) },
  );
  return measured(turns, bodyBytes);
}

/** What enrolling over the wire would take too long for. */
function copied([first]: readonly SimulatedDevice[], count: number, { database }: RollcallServer) {
  return first && count > 0 ? copiesOf(first, count, database) : [];
}

interface Sample extends Round {
  readonly serverCpuMicroseconds: number | undefined;
  readonly writtenBytes: number | undefined;
  readonly residentBytes: number | undefined;
  /** How much of a processor made the load. */
  readonly generatorCpu: number;
}

interface Loads {
  readonly connections: readonly (() => CheckInRequest)[];
  readonly answer: string;
  readonly roundSeconds: number;
}

/** Rounds on one server, each as long as asked going by the speed of the one before. */
function loadsOn({ url, pid }: ServerProcess, { roundSeconds, ...load }: Loads): () => Promise<Sample> {
  let requests = firstGuess * roundSeconds;
  return async () => {
    const [cpu, written] = [cpuSecondsOf(pid), writtenBytesOf(pid)];
    const [ownCpu, began] = [process.cpuUsage(), performance.now()];
    const round = await putLoadOn({ url, requests, ...load });
    const { user, system } = process.cpuUsage(ownCpu);
    requests = round.perSecond * roundSeconds;
    const each = (before: number | undefined, after: number | undefined) =>
      before === undefined || after === undefined ? undefined : (after - before) / round.answers;
    const cpuSeconds = each(cpu, cpuSecondsOf(pid));
    return {
      ...round,
      serverCpuMicroseconds: cpuSeconds === undefined ? undefined : cpuSeconds * 1e6,
      writtenBytes: each(written, writtenBytesOf(pid)),
      residentBytes: residentBytesOf(pid),
      generatorCpu: (user + system) / 1_000 / (performance.now() - began),
    };
  };
}

type Side = "ours" | "baseline";

function measured(turns: readonly Turn<Side, Sample>[], bodyBytes: number): Measured {
  const known = (side: Side, name: keyof Sample): number[] =>
    turns.map((turn) => turn[side][name]).filter((value) => value !== undefined);
  const compared = (name: keyof Sample, unit: string): Compared => ({
    unit,
    better: "lower",
    ours: known("ours", name),
    baseline: { name: baseline, values: known("baseline", name) },
  });
  return {
    ours: known("ours", "perSecond"),
    baseline: { name: baseline, values: known("baseline", "perSecond") },
    figures: {
      p50Milliseconds: compared("p50Milliseconds", "ms"),
      p99Milliseconds: compared("p99Milliseconds", "ms"),
      serverCpuMicroseconds: compared("serverCpuMicroseconds", "µs a check-in"),
      writtenBytes: {
        ...compared("writtenBytes", "bytes a check-in"),
        baseline: { name: "bytes of its body", values: [bodyBytes] },
      },
      residentBytes: compared("residentBytes", "bytes"),
    },
  };
}

function describe(number: number, { ours, baseline: bare }: Turn<Side, Sample>): string {
  const told = ({ perSecond, generatorCpu }: Sample) =>
    `${Math.round(perSecond)}/s (load: ${Math.round(generatorCpu * 100)} % of a processor)`;
  return `round ${number} of ${samples}: check-ins ${told(ours)}, ${baseline} ${told(bare)}`;
}
