/** Devices that tell their inventories over so many connections, and the process that keeps the same as rows. */
import { readEnrolmentString } from "@rollcall/protocol";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import { BareRows } from "./bare-rows.ts";
import type { Surroundings } from "./bench.ts";
import { inTurns } from "./in-turns.ts";
import { cpuSecondsOf, residentBytesOf, writtenBytesOf } from "./process-figures.ts";
import { Searchable } from "./searchable.ts";
import { startRollcall } from "./servers.ts";
import { type Kind, type Marks, type Telling, type Tellings, tellingsOf } from "./told-inventory.ts";

/** Every so many devices it is measured how long it takes until one is found. */
const probeEvery = 16;
/** Devices that enrol at the same time. */
const enrolAtOnce = 32;
/** Rounds that there are devices for. */
const mostRounds = 100;

export interface Sample {
  /** Until everything was found that was told. */
  readonly perSecond: number;
  /** Until the last was acknowledged. */
  readonly acknowledgedPerSecond: number;
  readonly cpuMilliseconds: number | undefined;
  readonly writtenBytes: number | undefined;
  readonly residentBytes: number | undefined;
}

/** One server, and a crowd for each number of connections. */
export async function startCrowds(
  surroundings: Surroundings,
  levels: readonly number[],
): Promise<readonly Crowd[]> {
  const { devices, atEnd } = surroundings;
  const server = await startRollcall(surroundings);
  const each = devices * mostRounds;
  const size = each * levels.length;
  const enrolment = readEnrolmentString(await server.newEnrolment(size, "organisation"));
  if ("error" in enrolment) throw new Error(enrolment.detail);
  const token = await server.newApiToken();
  const newLine = (connections: number) => {
    const line = new Line(server.url, connections);
    atEnd(() => line.close());
    return line;
  };
  const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line: newLine(enrolAtOnce), size });
  const [rows, admin] = [new BareRows(surroundings), newLine(8)];
  const found = () => new Searchable(admin, token);
  return levels.map(
    (connections, level) =>
      new Crowd({
        ...{ swarm, rows, devices, pid: server.pid, connections, line: newLine(connections) },
        ...{ from: level * each, found: { first: found(), changed: found() } },
      }),
  );
}

interface CrowdOptions {
  readonly swarm: Swarm;
  readonly rows: BareRows;
  readonly line: Line;
  readonly connections: number;
  /** In each round. */
  readonly devices: number;
  readonly pid: number;
  /** The number of its first device. */
  readonly from: number;
  readonly found: Readonly<Record<Exclude<Kind, "same">, Searchable>>;
}

interface Teller {
  readonly device: number;
  readonly tellings: Tellings;
}

export class Crowd {
  readonly #options: CrowdOptions;
  /** Those of the present round. */
  #tellers: readonly Teller[] = [];
  #marks: Marks = { first: "", changed: "" };
  #rounds = 0;

  constructor(options: CrowdOptions) {
    this.#options = options;
  }

  get connections(): number {
    return this.#options.connections;
  }

  get found(): CrowdOptions["found"] {
    return this.#options.found;
  }

  /** All devices of a round tell an inventory of this kind; each round of `first` is one of new devices. */
  async tell(kind: Kind): Promise<Sample> {
    if (kind === "first") await this.#renew();
    const { pid } = this.#options;
    const [cpu, written, began] = [cpuSecondsOf(pid), writtenBytesOf(pid), performance.now()];
    await this.#tellAll(kind);
    const acknowledged = performance.now();
    await this.#demandFound(kind);
    const found = performance.now();
    const count = this.#count(kind);
    const each = (before: number | undefined, after: number | undefined) =>
      before === undefined || after === undefined ? undefined : (after - before) / count;
    const cpuSeconds = each(cpu, cpuSecondsOf(pid));
    return {
      perSecond: (1_000 * count) / (found - began),
      acknowledgedPerSecond: (1_000 * count) / (acknowledged - began),
      cpuMilliseconds: cpuSeconds === undefined ? undefined : cpuSeconds * 1_000,
      writtenBytes: each(written, writtenBytesOf(pid)),
      residentBytes: residentBytesOf(pid),
    };
  }

  /** The same inventories as rows. */
  async keep(kind: Kind): Promise<Sample> {
    const devices = this.#tellers.flatMap(({ device, tellings }) =>
      tellings[kind].map(({ rows }) => ({ device, rows })),
    );
    const { seconds, cpuSeconds, writtenBytes, residentBytes } = await this.#options.rows.keep(kind, devices);
    const perSecond = devices.length / seconds;
    return {
      perSecond,
      acknowledgedPerSecond: perSecond,
      cpuMilliseconds: (1_000 * cpuSeconds) / devices.length,
      writtenBytes: writtenBytes === undefined ? undefined : writtenBytes / devices.length,
      residentBytes,
    };
  }

  #count(kind: Kind): number {
    return this.#tellers.reduce((sum, { tellings }) => sum + tellings[kind].length, 0);
  }

  /** New devices that have enrolled, with everything that they will tell. */
  async #renew(): Promise<void> {
    const { swarm, devices, from, connections } = this.#options;
    const first = from + this.#rounds++ * devices;
    const numbers = Array.from({ length: devices }, (_, index) => first + index);
    await inTurns(numbers, enrolAtOnce, (device) => swarm.enrol(device));
    this.#marks = { first: `0.${connections}.${first}`, changed: `1.${connections}.${first}` };
    this.#tellers = numbers.map((device) => ({ device, tellings: tellingsOf(swarm, device, this.#marks) }));
  }

  async #tellAll(kind: Kind): Promise<void> {
    const { swarm, connections, found } = this.#options;
    await inTurns(this.#tellers, connections, async ({ device, tellings }) => {
      for (const telling of tellings[kind]) await this.#send(telling);
      if (kind !== "same" && device % probeEvery === 0)
        found[kind].probe(swarm.fleet.hostname(device), this.#marks[kind]);
    });
  }

  async #send({ requests }: Telling): Promise<void> {
    for (const request of requests) {
      const { status, text } = await this.#options.line.send(request);
      if (status !== 200) throw new Error(`${request.path}: ${status} ${text.slice(0, 300)}`);
    }
  }

  /** What was acknowledged is stored and found, no less and no more. */
  async #demandFound(kind: Kind): Promise<void> {
    if (kind === "same") return;
    const found = this.#options.found[kind];
    const count = await found.count(this.#marks[kind]);
    if (count !== this.#tellers.length)
      throw new Error(`${this.#tellers.length} inventories were acknowledged, and ${count} are found`);
    await found.settled();
  }
}
