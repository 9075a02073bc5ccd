/**
 * `bench growth`: what a check-in that changes nothing and an inventory that changes cost in a large fleet, against the
 * same in a small one, on two servers that take turns; how long the large one takes to start, and what memory it has
 * then. Devices are made as `grown-fleet.ts` says.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { agentApplication } from "@rollcall/protocol";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import type { CheckInRequest } from "./crowd.ts";
import { type GrownFleet, growFleet } from "./grown-fleet.ts";
import { inTurns } from "./in-turns.ts";
import { putLoadOn } from "./load.ts";
import { cpuSecondsOf, residentBytesOf } from "./process-figures.ts";
import { type RollcallServer, startAgain } from "./servers.ts";
import { leastSamples, takeTurns } from "./statistics.ts";

const smallSize = 1_000;
const connections = 64;
/** Check-ins of one sample. */
const checkInsAtOnce = 6_400;
/** Devices that tell what changed at the same time. */
const tellingAtOnce = 16;
const baseline = `the same at ${smallSize.toLocaleString("en")} devices`;

export const growth: Bench = {
  name: "growth",
  measures: "processor time of a check-in that changes nothing in a large fleet",
  unit: "µs a check-in",
  better: "lower",
  defaults: { devices: 30_000, seconds: 1 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { devices, note } = surroundings;
  const small = await Side.of(surroundings, "small", smallSize);
  const large = await Side.of(surroundings, "large", Math.max(devices, smallSize));
  const first = { ours: await large.firstCheckIns(), baseline: await small.firstCheckIns() };
  const turns = await takeTurns(
    { ours: () => large.sample(), baseline: () => small.sample() },
    {
      isEnough: (turns) => turns >= leastSamples,
      onTurn: (number, { ours }) => note(`round ${number}: ${Math.round(ours.checkIn)} µs a check-in`),
    },
  );
  const known = (side: "ours" | "baseline", name: keyof Sample) => turns.map((turn) => turn[side][name]);
  // What the system does not tell is left out.
  const plain = (unit: string, ours: number, name: string, value: number): Compared => ({
    unit,
    better: "lower",
    ours: [ours].filter(Number.isFinite),
    baseline: { name, values: [value].filter(Number.isFinite) },
  });
  return {
    ours: known("ours", "checkIn"),
    baseline: { name: baseline, values: known("baseline", "checkIn") },
    figures: {
      changedMilliseconds: {
        unit: "ms of processor time",
        better: "lower",
        ours: known("ours", "changed"),
        baseline: { name: baseline, values: known("baseline", "changed") },
      },
      firstCheckInMicroseconds: plain("µs, the first since the start", first.ours, baseline, first.baseline),
      startSeconds: plain("s", large.start.seconds, baseline, small.start.seconds),
      startCpuSeconds: plain("s of processor time", large.start.cpuSeconds, baseline, small.start.cpuSeconds),
      startResidentBytes: plain("bytes", large.start.residentBytes, "goal at a million", 400e6),
      indexSeconds: plain("s", large.start.indexSeconds, baseline, small.start.indexSeconds),
      residentBytes: plain("bytes", residentBytesOf(large.pid) ?? Number.NaN, "goal at a million", 400e6),
    },
  };
}

/** Processor time of the server. */
interface Sample {
  /** Microseconds. */
  readonly checkIn: number;
  /** Milliseconds, until it is found. */
  readonly changed: number;
}

interface Start {
  /** From the start of the program to the first answer. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** From there until every device is found, in an index that is made anew. */
  readonly indexSeconds: number;
}

interface Started {
  readonly fleet: GrownFleet;
  readonly server: RollcallServer;
  readonly line: Line;
  readonly token: string;
  readonly start: Start;
}

/** A server with a fleet. */
class Side {
  readonly start: Start;
  readonly pid: number;
  readonly #fleet: GrownFleet;
  readonly #server: RollcallServer;
  readonly #line: Line;
  readonly #token: string;
  readonly #swarm: Swarm;
  /** By device, of the last check-in. */
  readonly #counters: Uint32Array;
  readonly #next: readonly (() => CheckInRequest)[];
  #age = 0;

  static async of(surroundings: Surroundings, name: string, size: number): Promise<Side> {
    const { directory, note, atEnd } = surroundings;
    const fleet = await growFleet(directory, name, size);
    note(`${size} devices are made`);
    const began = performance.now();
    const server = await startAgain(surroundings, name);
    const line = new Line(server.url, connections);
    atEnd(() => line.close());
    await line.send({ method: "GET", path: "/v1/server" });
    const seconds = (performance.now() - began) / 1_000;
    const [cpuSeconds, residentBytes] = [cpuSecondsOf(server.pid), residentBytesOf(server.pid)];
    const token = await server.newApiToken();
    await untilFound(line, token);
    const indexSeconds = (performance.now() - began) / 1_000 - seconds;
    note(
      `${size} devices: started after ${seconds.toFixed(2)} s, all found ${indexSeconds.toFixed(2)} s later`,
    );
    const start = {
      seconds,
      indexSeconds,
      cpuSeconds: cpuSeconds ?? Number.NaN,
      residentBytes: residentBytes ?? Number.NaN,
    };
    return new Side({ fleet, server, line, token, start });
  }

  private constructor({ fleet, server, line, token, start }: Started) {
    this.start = start;
    this.pid = server.pid;
    this.#fleet = fleet;
    this.#server = server;
    this.#line = line;
    this.#token = token;
    const enrolment = { server: "", token: "" };
    this.#swarm = new Swarm({ fleet: new Fleet(1), enrolment, line, size: fleet.count });
    takeOver(this.#swarm, fleet);
    this.#counters = new Uint32Array(fleet.size).fill(1_000);
    this.#next = Array.from({ length: connections }, (_, each) => this.#checkIns(each));
  }

  /** Every copy checks in, which the server has not heard since it started; microseconds each. */
  async firstCheckIns(): Promise<number> {
    const count = this.#ownOfConnection * connections;
    return ((await this.#cost(() => this.#checkIn(count))) / count) * 1e6;
  }

  async sample(): Promise<Sample> {
    const checkIns = await this.#cost(() => this.#checkIn(checkInsAtOnce));
    const changes = await this.#cost(() => this.#change());
    return { checkIn: (checkIns / checkInsAtOnce) * 1e6, changed: (changes / this.#fleet.count) * 1e3 };
  }

  /** Seconds of processor time. */
  async #cost(work: () => Promise<void>): Promise<number> {
    const before = cpuSecondsOf(this.pid) ?? Number.NaN;
    await work();
    return (cpuSecondsOf(this.pid) ?? Number.NaN) - before;
  }

  async #checkIn(requests: number): Promise<void> {
    const { url } = this.#server;
    const first = this.#next[0]?.();
    if (!first) throw new Error("there is no connection");
    const { text: answer } = await this.#line.send({ method: "POST", path: "/v1/check-ins", ...first });
    await putLoadOn({ url, connections: this.#next, requests, answer });
  }

  /** Every original tells other packages, and is found by them. */
  async #change(): Promise<void> {
    const all = Array.from({ length: this.#fleet.count }, (_, device) => device);
    const age = ++this.#age;
    await inTurns(all, tellingAtOnce, (device) => this.#swarm.tell(device, age));
    await untilFound(this.#line, this.#token);
  }

  /** Copies that each connection has. */
  get #ownOfConnection(): number {
    const { size, count } = this.#fleet;
    return Math.floor((size - count) / connections);
  }

  /** Copies check in, each connection's own, from all over the fleet; originals have other things to tell. */
  #checkIns(connection: number): () => CheckInRequest {
    const own = this.#ownOfConnection;
    // One after the other in steps that no size has in common: never two in a row that stand together.
    const step = 7_919;
    let turn = 0;
    return () => {
      const place = (turn++ * step) % own;
      return this.#request(this.#fleet.count + connection * own + place);
    };
  }

  #request(device: number): CheckInRequest {
    const counter = (this.#counters[device] ?? 0) + 1;
    this.#counters[device] = counter;
    const headers = {
      authorization: `Bearer ${this.#fleet.session(device)}`,
      "content-type": "application/json",
    };
    const body = {
      counter,
      nonce: randomBytes(16).toString("base64url"),
      stateDigest: this.#fleet.state(device),
      consentNumber: 1,
      applications: [{ number: agentApplication, version: "0.1.0", channel: "stable" }],
    };
    return { headers, body: JSON.stringify(body) };
  }
}

/** The originals go on over another line. */
function takeOver({ roster }: Swarm, { originals, count }: GrownFleet): void {
  for (let device = 0; device < count; device++) {
    roster.setSession(device, originals.session(device));
    roster.setState(device, originals.state(device));
    roster.counters[device] = originals.counters[device] ?? 0;
    roster.ages[device] = 0;
  }
}

/** How often a question is asked again that the index was too far behind for, milliseconds. */
const askAgain = 50;

/** Resolves when the index has everything that was acknowledged before. */
async function untilFound(line: Line, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  for (;;) {
    const path = "/api/v1/devices?fresh=true&limit=1";
    const { status, text } = await line.send({ method: "GET", path, headers });
    if (status === 200) return;
    if (status !== 503) throw new Error(`the list of devices answered with ${status}: ${text.slice(0, 300)}`);
    await wait(askAgain);
  }
}
