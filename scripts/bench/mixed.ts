/**
 * `bench mixed`: how long check-ins at an even pace take while ten admins ask, one reads all devices, retention runs,
 * and every device of the inventory has just told a change that is to be indexed; against the same pace alone.
 */
import { setTimeout as wait } from "node:timers/promises";
import { readEnrolmentString } from "@rollcall/protocol";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";
import { Admins } from "./admins.ts";
import type { Bench, Compared, Measured, Surroundings } from "./bench.ts";
import { checkInsOfConnection, enrolCrowd } from "./crowd.ts";
import { checkInAtPace, type Latencies } from "./paced-load.ts";
import { type RollcallServer, startRollcall } from "./servers.ts";
import { type Turn, takeTurns } from "./statistics.ts";

/** Check-ins a second: a million devices that check in every half hour are 556. */
const perSecond = 500;
/** Devices that check in, each every other second. */
const crowdSize = 1_024;
const connections = 64;
const admins = 10;
/** Devices that tell their inventories at the same time. */
const tellAtOnce = 32;
const samples = 5;
const baseline = "check-ins alone";

export const mixed: Bench = {
  name: "mixed",
  measures: `p99 of ${perSecond} check-ins a second beside admins, retention and indexing`,
  unit: "ms",
  better: "lower",
  defaults: { devices: 1_000, seconds: 60 },
  run,
};

async function run(surroundings: Surroundings): Promise<Measured> {
  const { devices, seconds, note } = surroundings;
  const server = await startRollcall(surroundings, { "metrics.enabled": true });
  const crowd = await enrolCrowd(server, crowdSize);
  const answer = JSON.stringify(await crowd[0]?.checkedIn());
  const inventory = await Inventory.told(surroundings, server, devices);
  note(`${devices} devices have told their inventories`);
  const devicesInTurns = crowd.map((_, each) => checkInsOfConnection(crowd, each, crowdSize));
  const line = new Line(server.url, connections);
  surroundings.atEnd(() => line.close());
  const roundSeconds = seconds / 2 / (samples + 1);
  const load = async (): Promise<Sample> => {
    const before = await inventory.slowCommits();
    const latencies = await checkInAtPace({
      ...{ line, devices: devicesInTurns, answer },
      ...{ perSecond, seconds: roundSeconds },
    });
    return { ...latencies, slowCommits: (await inventory.slowCommits()) - before };
  };
  const beside = async (): Promise<Sample> => {
    await inventory.change();
    inventory.admins.start(admins);
    try {
      return await load();
    } finally {
      await inventory.admins.stop();
    }
  };
  const alone = async (): Promise<Sample> => {
    await inventory.settled();
    return load();
  };
  const turns = await takeTurns(
    { alone, beside },
    { isEnough: (turns) => turns >= samples, onTurn: (number, turn) => note(describe(number, turn)) },
  );
  const { answers, refusals } = inventory.admins;
  note(`admins had ${answers} answers; ${refusals} questions were refused because the server was too busy`);
  return measured(turns);
}

interface Sample extends Latencies {
  /** Transactions that took longer than a tenth of a second. */
  readonly slowCommits: number;
}

/** The devices whose inventories there are to search, and who asks for them. */
class Inventory {
  readonly admins: Admins;
  readonly #swarm: Swarm;
  readonly #line: Line;
  readonly #token: string;
  #age = 0;

  private constructor(swarm: Swarm, line: Line, token: string) {
    this.#swarm = swarm;
    this.#line = line;
    this.#token = token;
    this.admins = new Admins(line, token);
  }

  static async told(surroundings: Surroundings, server: RollcallServer, size: number): Promise<Inventory> {
    const enrolment = readEnrolmentString(await server.newEnrolment(size, "organisation"));
    if ("error" in enrolment) throw new Error(enrolment.detail);
    const [telling, asking] = [new Line(server.url, tellAtOnce), new Line(server.url, admins + 4)];
    surroundings.atEnd(() => Promise.all([telling.close(), asking.close()]).then(() => undefined));
    const swarm = new Swarm({ fleet: new Fleet(1), enrolment, line: telling, size });
    const inventory = new Inventory(swarm, asking, await server.newApiToken());
    await inventory.#each(async (device) => {
      await swarm.enrol(device);
      await swarm.checkIn(device);
      await swarm.tell(device, 0);
    });
    return inventory;
  }

  /** Every device tells that some of its packages changed. */
  async change(): Promise<void> {
    this.#age += 1;
    await this.#each(async (device) => {
      await this.#swarm.checkIn(device);
      await this.#swarm.tell(device, this.#age);
    });
  }

  /** Resolves when everything that was told is found. */
  async settled(): Promise<void> {
    for (;;) {
      const { status } = await this.#ask("/api/v1/devices?limit=1&fresh=true");
      if (status === 200) return;
      await wait(200);
    }
  }

  async slowCommits(): Promise<number> {
    const { text } = await this.#ask("/metrics");
    const told = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
    const within = told(/^rollcall_commit_seconds_bucket\{le="0\.1"\} (\d+)$/m);
    return told(/^rollcall_commit_seconds_count (\d+)$/m) - within;
  }

  #ask(path: string) {
    const headers = { authorization: `Bearer ${this.#token}` };
    return this.#line.send({ method: "GET", path, headers });
  }

  async #each(work: (device: number) => Promise<void>): Promise<void> {
    const devices = Array.from({ length: this.#swarm.roster.size }, (_, device) => device).values();
    const worker = async () => {
      for (const device of devices) await work(device);
    };
    await Promise.all(Array.from({ length: tellAtOnce }, worker));
  }
}

type Side = "alone" | "beside";

function measured(turns: readonly Turn<Side, Sample>[]): Measured {
  const compared = (name: keyof Sample, unit: string): Compared => ({
    unit,
    better: "lower",
    ours: turns.map(({ beside }) => beside[name]),
    baseline: { name: baseline, values: turns.map(({ alone }) => alone[name]) },
  });
  return {
    ...compared("p99Milliseconds", "ms"),
    figures: {
      p50Milliseconds: compared("p50Milliseconds", "ms"),
      longestMilliseconds: compared("longestMilliseconds", "ms"),
      commitsOver100Milliseconds: compared("slowCommits", "transactions"),
    },
  };
}

function describe(number: number, { alone, beside }: Turn<Side, Sample>): string {
  const told = ({ p99Milliseconds, longestMilliseconds }: Sample) =>
    `p99 ${Math.round(p99Milliseconds)} ms, longest ${Math.round(longestMilliseconds)} ms`;
  return `round ${number} of ${samples}: alone ${told(alone)}; beside ${told(beside)}`;
}
