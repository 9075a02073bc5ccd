/** Devices that tell their inventories to one server or several, and the process that keeps the same as rows. */
import { readEnrolmentString } from "@rollcall/protocol";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import type { BareRows } from "./bare-rows.ts";
import type { Surroundings } from "./bench.ts";
import { inTurns } from "./in-turns.ts";
import { startServers } from "./inventory-servers.ts";
import { costSince, costSoFar, residentBytesOf } from "./process-figures.ts";
import { Searchable } from "./searchable.ts";
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

/** How a crowd speaks: over so many connections, to the first of the servers or to all of them in turn. */
export interface Manner {
  readonly name: string;
  readonly connections: number;
  readonly toAll: boolean;
}

/** Servers, and a crowd for each manner. */
export async function startCrowds(
  surroundings: Surroundings,
  manners: readonly Manner[],
): Promise<readonly Crowd[]> {
  const { devices, atEnd } = surroundings;
  const { servers, rows, databasePids } = await startServers(surroundings);
  const [server] = servers;
  if (!server) throw new Error("there is no server");
  const each = devices * mostRounds;
  const size = each * manners.length;
  const enrolment = readEnrolmentString(await server.newEnrolment(size, "organisation"));
  if ("error" in enrolment) throw new Error(enrolment.detail);
  const token = await server.newApiToken();
  const newLine = (connections: number, { url } = server) => {
    const line = new Line(url, connections);
    atEnd(() => line.close());
    return line;
  };
  const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line: newLine(enrolAtOnce), size });
  const admins = servers.map((each) => newLine(8, each));
  return manners.map((manner, place) => {
    const spoken = manner.toAll ? servers : [server];
    const found = () => admins.slice(0, spoken.length).map((admin) => new Searchable(admin, token));
    const idle = servers.filter((each) => !spoken.includes(each)).map(({ pid }) => pid);
    return new Crowd({
      ...{ swarm, rows, devices, manner, idle, from: place * each },
      ...{ pids: [...spoken.map(({ pid }) => pid), ...databasePids], serverPid: server.pid },
      lines: spoken.map((each) => newLine(Math.ceil(manner.connections / spoken.length), each)),
      found: { first: found(), changed: found() },
    });
  });
}

interface CrowdOptions {
  readonly swarm: Swarm;
  readonly rows: BareRows;
  /** To each server that it speaks to. */
  readonly lines: readonly Line[];
  readonly manner: Manner;
  /** In each round. */
  readonly devices: number;
  /** Of everything that it keeps busy. */
  readonly pids: readonly number[];
  readonly serverPid: number;
  /** Of servers that must not do anything meanwhile. */
  readonly idle: readonly number[];
  /** The number of its first device. */
  readonly from: number;
  readonly found: Readonly<Record<Exclude<Kind, "same">, readonly Searchable[]>>;
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

  get manner(): Manner {
    return this.#options.manner;
  }

  get rows(): BareRows {
    return this.#options.rows;
  }

  get found(): CrowdOptions["found"] {
    return this.#options.found;
  }

  /** All devices of a round tell an inventory of this kind; each round of `first` is one of new devices. */
  async tell(kind: Kind): Promise<Sample> {
    if (kind === "first") await this.#renew();
    const { idle } = this.#options;
    for (const pid of idle) process.kill(pid, "SIGSTOP");
    try {
      return await this.#measure(kind);
    } finally {
      for (const pid of idle) process.kill(pid, "SIGCONT");
    }
  }

  async #measure(kind: Kind): Promise<Sample> {
    const { pids, serverPid } = this.#options;
    const [before, began] = [costSoFar(pids), performance.now()];
    await this.#tellAll(kind);
    const acknowledged = performance.now();
    await this.#demandFound(kind);
    const found = performance.now();
    const { cpuSeconds, writtenBytes } = costSince(before, pids);
    const count = this.#count(kind);
    return {
      perSecond: (1_000 * count) / (found - began),
      acknowledgedPerSecond: (1_000 * count) / (acknowledged - began),
      cpuMilliseconds: cpuSeconds === undefined ? undefined : (1_000 * cpuSeconds) / count,
      writtenBytes: writtenBytes === undefined ? undefined : writtenBytes / count,
      residentBytes: residentBytesOf(serverPid),
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
      cpuMilliseconds: cpuSeconds === undefined ? undefined : (1_000 * cpuSeconds) / devices.length,
      writtenBytes: writtenBytes === undefined ? undefined : writtenBytes / devices.length,
      residentBytes,
    };
  }

  #count(kind: Kind): number {
    return this.#tellers.reduce((sum, { tellings }) => sum + tellings[kind].length, 0);
  }

  /** New devices that have enrolled, with everything that they will tell. */
  async #renew(): Promise<void> {
    const { swarm, devices, from, manner, found } = this.#options;
    const first = from + this.#rounds++ * devices;
    const numbers = Array.from({ length: devices }, (_, index) => first + index);
    await inTurns(numbers, enrolAtOnce, (device) => swarm.enrol(device));
    this.#marks = { first: `0.${manner.name}.${first}`, changed: `1.${manner.name}.${first}` };
    this.#tellers = numbers.map((device) => ({ device, tellings: tellingsOf(swarm, device, this.#marks) }));
    // Whatever a server missed while it was idle is behind it.
    await Promise.all(found.first.map((each) => each.count(this.#marks.first)));
  }

  async #tellAll(kind: Kind): Promise<void> {
    const { swarm, manner, found } = this.#options;
    await inTurns(this.#tellers, manner.connections, async ({ device, tellings }) => {
      for (const telling of tellings[kind]) await this.#send(device, telling);
      if (kind !== "same" && device % probeEvery === 0)
        found[kind][0]?.probe(swarm.fleet.hostname(device), this.#marks[kind]);
    });
  }

  async #send(device: number, { requests }: Telling): Promise<void> {
    const { lines } = this.#options;
    const line = lines[device % lines.length];
    if (!line) throw new Error("there is no server");
    for (const request of requests) {
      const { status, text } = await line.send(request);
      if (status !== 200) throw new Error(`${request.path}: ${status} ${text.slice(0, 300)}`);
    }
  }

  /** What was acknowledged is stored and found, no less and no more. */
  async #demandFound(kind: Kind): Promise<void> {
    if (kind === "same") return;
    const demand = async (found: Searchable): Promise<void> => {
      const count = await found.count(this.#marks[kind]);
      if (count !== this.#tellers.length)
        throw new Error(`${this.#tellers.length} inventories were acknowledged, and ${count} are found`);
      await found.settled();
    };
    await Promise.all(this.#options.found[kind].map(demand));
  }
}
