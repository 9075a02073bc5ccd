/** A swarm's life: everybody enrols and tells everything, then round after round of check-ins with some changes. */
import { Chance } from "../../packages/ingest/src/testing/chance.ts";
import { type HostileReport, harass } from "./hostile.ts";
import { Roster } from "./roster.ts";
import type { Refused, Swarm } from "./swarm.ts";

/** In each round, the part of the fleet that has changed since the one before. */
const changing = 0.1;

export interface Plan {
  readonly devices: number;
  /** They are enrolled after the honest ones, and have the highest numbers. */
  readonly hostile: number;
  readonly seed: number;
  readonly rounds: number;
  /** Devices that are busy at the same time. */
  readonly connections: number;
  /** Ends the run after what is under way. */
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** One kind of work: how often it was done, and how long each took. */
export interface Figures {
  readonly done: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number | null;
  readonly p99Milliseconds: number | null;
}

export interface Report extends HostileReport {
  readonly enrolments: Figures;
  readonly firstInventories: Figures;
  readonly checkIns: Figures;
  readonly changes: Figures;
  /** Devices whose state the server acknowledged. */
  readonly acknowledged: number;
  readonly bytesEachDevice: number;
  /** A few of the answers that no honest device should get. */
  readonly failures: readonly string[];
}

/** Counts and times one kind of work. */
class Tally {
  readonly #milliseconds: number[] = [];
  #failed = 0;
  #seconds = 0;

  async time(work: () => Promise<void>): Promise<boolean> {
    const began = performance.now();
    try {
      await work();
    } catch (error) {
      this.#failed++;
      throw error;
    }
    return this.#milliseconds.push(performance.now() - began) > 0;
  }

  add(seconds: number): void {
    this.#seconds += seconds;
  }

  get figures(): Figures {
    const sorted = Float64Array.from(this.#milliseconds).sort();
    const at = (part: number) => {
      const value = sorted[Math.floor(part * (sorted.length - 1))];
      return value === undefined ? null : Math.round(value * 100) / 100;
    };
    return {
      done: sorted.length,
      failed: this.#failed,
      perSecond: this.#seconds === 0 ? 0 : Math.round(sorted.length / this.#seconds),
      p50Milliseconds: at(0.5),
      p99Milliseconds: at(0.99),
    };
  }
}

const mostFailures = 20;

export async function runSwarm(swarm: Swarm, plan: Plan): Promise<Report> {
  const { devices, hostile, signal, note } = plan;
  const tallies = {
    enrolments: new Tally(),
    firstInventories: new Tally(),
    checkIns: new Tally(),
    changes: new Tally(),
  };
  const failures: string[] = [];
  const all = Array.from({ length: devices + hostile }, (_, device) => device);
  const honest = all.slice(0, devices);
  /** Does one kind of work for these devices, so many at a time. */
  const each = async (numbers: readonly number[], tally: Tally, work: (device: number) => Promise<void>) => {
    const began = performance.now();
    const waiting = numbers.values();
    const worker = async () => {
      for (const device of waiting) {
        if (signal.aborted) return;
        await tally
          .time(() => work(device))
          .catch((error: Refused) => {
            if (failures.length < mostFailures) failures.push(error.message);
          });
      }
    };
    await Promise.all(Array.from({ length: plan.connections }, worker));
    tally.add((performance.now() - began) / 1_000);
  };
  await each(all, tallies.enrolments, (device) => swarm.enrol(device));
  note(`${all.length} devices enrolled`);
  const statuses: HostileReport["statuses"] = {};
  const ended = new AbortController();
  const harm = all
    .slice(devices)
    .map((device, number) =>
      harass(swarm, device, number, { statuses }, AbortSignal.any([signal, ended.signal])),
    );
  const enrolled = honest.filter((device) => swarm.roster.isEnrolled(device));
  await each(enrolled, tallies.firstInventories, async (device) => {
    await swarm.checkIn(device);
    await swarm.tell(device, 0);
  });
  note("everybody told everything");
  const chance = new Chance(plan.seed);
  for (let round = 1; round <= plan.rounds && !signal.aborted; round++) {
    const isChanging = (device: number) => chance.part(device, round) < changing;
    await each(enrolled, tallies.checkIns, async (device) => {
      const wanted = await swarm.checkIn(device);
      if (wanted.length > 0) swarm.roster.ages[device] = Roster.unknown;
    });
    await each(enrolled.filter(isChanging), tallies.changes, (device) => changeOf(swarm, device));
    note(`round ${round} of ${plan.rounds}`);
  }
  ended.abort();
  await Promise.all(harm);
  const figuresOf = ([name, tally]: [string, Tally]) => [name, tally.figures] as const;
  const figures = Object.fromEntries(Object.entries(tallies).map(figuresOf));
  return {
    ...(figures as Record<keyof typeof tallies, Figures>),
    acknowledged: enrolled.filter((device) => swarm.roster.isAcknowledged(device)).length,
    bytesEachDevice: Math.round(swarm.roster.bytes / swarm.roster.size),
    statuses,
    failures,
  };
}

/** The next age of a device; what the server lost, it is told again. */
function changeOf(swarm: Swarm, device: number): Promise<void> {
  const { roster } = swarm;
  return swarm.tell(device, roster.isAcknowledged(device) ? (roster.ages[device] ?? 0) + 1 : 0);
}
