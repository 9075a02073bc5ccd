/**
 * `bench hostile`: how long honest devices wait for their check-in while ten others mean harm, against the same without
 * them. Check-ins come at a fixed rate, as those of a fleet do, whether or not earlier ones have their answers.
 */
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { readEnrolmentString } from "@rollcall/protocol";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { residentBytesOf } from "./process-figures.ts";
import { type RollcallServer, startRollcall } from "./servers.ts";
import { quantile, type Turn, takeTurns } from "./statistics.ts";

const hostileDevices = 10;
const connections = 64;
const samples = 5;
/** Check-ins a second: 10,000 devices that check in twice a minute, a hundred times as often as usual. */
const perSecond = 300;
/** Part of the devices that tell everything, so that the store holds something. */
const telling = 0.005;

export const hostile: Bench = {
  name: "hostile",
  measures: `p99 of honest devices' check-ins among ${hostileDevices} hostile devices`,
  unit: "ms",
  better: "lower",
  defaults: { devices: 10_000, seconds: 24 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { devices, seconds, note, atEnd } = surroundings;
  const server = await startRollcall(surroundings);
  const enrolment = readEnrolmentString(await server.newEnrolment(devices + hostileDevices, "organisation"));
  if ("error" in enrolment) throw new Error(enrolment.detail);
  const line = new Line(server.url, connections);
  atEnd(() => line.close());
  const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line, size: devices });
  await enrolAll(swarm);
  const harm = new Harm({ url: server.url, server: enrolment.server, token: enrolment.token });
  atEnd(() => harm.close());
  await harm.order("enrol");
  note(`${devices} devices enrolled, and ${hostileDevices} hostile ones`);
  for (let device = 0; device < devices * telling; device++) {
    await swarm.checkIn(device);
    await swarm.tell(device, 0);
  }
  const honest = roundsOf(swarm, server, (seconds / 2 / (samples + 1)) * perSecond, devices);
  const turns = await takeTurns(
    { ours: () => amongHostile(harm, honest), baseline: honest },
    { isEnough: (count) => count >= samples, onTurn: (number, turn) => note(describe(number, turn)) },
  );
  note(`hostile devices got ${await harm.order("tell")}`);
  const stored = statSync(join(surroundings.directory, "data", "rollcall.db")).size;
  note(`${Math.round(stored / 1024 ** 2)} MiB are stored in the end`);
  return measured(turns);
}

async function enrolAll(swarm: Swarm): Promise<void> {
  const waiting = Array.from({ length: swarm.roster.size }, (_, device) => device).values();
  const worker = async () => {
    for (const device of waiting) await swarm.enrol(device);
  };
  await Promise.all(Array.from({ length: connections }, worker));
}

interface Sample {
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly residentBytes: number | undefined;
}

/** Rounds of check-ins at the fixed rate, the devices in turns. */
function roundsOf(
  swarm: Swarm,
  { pid }: RollcallServer,
  count: number,
  devices: number,
): () => Promise<Sample> {
  let next = 0;
  return async () => {
    const began = performance.now();
    const latencies: number[] = [];
    const underWay: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent++) {
      const due = began + (sent * 1_000) / perSecond;
      const early = due - performance.now();
      if (early > 1) await wait(early);
      const device = next++ % devices;
      underWay.push(
        swarm.checkIn(device).then(() => {
          // From when it was due: who has to wait for a connection waits, too.
          latencies.push(performance.now() - due);
        }),
      );
    }
    await Promise.all(underWay);
    return {
      p50Milliseconds: quantile(latencies, 0.5),
      p99Milliseconds: quantile(latencies, 0.99),
      residentBytes: residentBytesOf(pid),
    };
  };
}

/** The thread that the hostile devices are in. */
class Harm {
  readonly #worker: Worker;

  constructor(server: { readonly url: string; readonly server: string; readonly token: string }) {
    const workerData = { ...server, size: hostileDevices };
    this.#worker = new Worker(new URL("./hostile-thread.ts", import.meta.url), { workerData });
  }

  async order(order: "enrol" | "begin" | "end" | "tell"): Promise<string> {
    this.#worker.postMessage(order);
    const [answer] = await once(this.#worker, "message");
    return String(answer);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

async function amongHostile(harm: Harm, honest: () => Promise<Sample>): Promise<Sample> {
  await harm.order("begin");
  const sample = await honest();
  await harm.order("end");
  return sample;
}

type Side = "ours" | "baseline";

function measured(turns: readonly Turn<Side, Sample>[]): Measured {
  const known = (side: Side, name: keyof Sample): number[] =>
    turns.map((turn) => turn[side][name]).filter((value) => value !== undefined);
  const compared = (name: keyof Sample, unit: string): Compared => ({
    unit,
    better: "lower",
    ours: known("ours", name),
    baseline: { name: "without hostile devices", values: known("baseline", name) },
  });
  const { ours, baseline } = compared("p99Milliseconds", "ms");
  return {
    ours,
    baseline,
    figures: {
      p50Milliseconds: compared("p50Milliseconds", "ms"),
      residentBytes: compared("residentBytes", "bytes"),
    },
  };
}

function describe(number: number, { ours, baseline }: Turn<Side, Sample>): string {
  const told = ({ p50Milliseconds, p99Milliseconds }: Sample) =>
    `p50 ${p50Milliseconds.toFixed(1)} p99 ${p99Milliseconds.toFixed(1)} ms`;
  return `round ${number} of ${samples}: with ${told(ours)}, without ${told(baseline)}`;
}
