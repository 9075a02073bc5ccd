/** A data directory as a month with a simulated fleet leaves it: a real server lives through it with a clock of its own. */
import { day } from "../../packages/ingest/src/milliseconds.ts";
import { Chance } from "../../packages/ingest/src/testing/chance.ts";
import { TestServer } from "../../packages/ingest/src/testing/test-server.ts";
import { Fleet } from "../swarm/fleet.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";

/** Days that the fleet has lived through. */
const days = 30;
/** The part of the fleet that changes on a day. */
const changing = 0.1;
/** The part that has not been heard of since its last change: off, lost, or forgotten in a drawer. */
const silent = 0.03;
/** Devices that are busy at the same time. */
const atOnce = 64;

export interface Filling {
  readonly directory: string;
  readonly devices: number;
  readonly seed: number;
  /** Ends it after what is under way. */
  readonly signal: AbortSignal;
  note(text: string): void;
}

export async function fillDirectory({ directory, devices, seed, signal, note }: Filling): Promise<void> {
  let ago = days * day;
  const server = await TestServer.start(directory, { now: () => Date.now() - ago });
  const enrolment = await server.enrolment({ uses: devices, perHour: devices, group: "demo" });
  const line = new Line(server.url, atOnce);
  const swarm = new Swarm({ fleet: new Fleet(seed), enrolment, line, size: devices });
  const chance = new Chance(seed);
  const all = Array.from({ length: devices }, (_, device) => device);
  const each = async (numbers: readonly number[], work: (device: number) => Promise<void>) => {
    const waiting = numbers.values();
    const worker = async () => {
      for (const device of waiting) {
        if (signal.aborted) return;
        await work(device);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  try {
    await each(all, async (device) => {
      await swarm.enrol(device);
      await swarm.checkIn(device);
      await swarm.tell(device, 0);
    });
    note(`${devices} devices have enrolled and told everything, ${days} days ago`);
    for (ago -= day; ago > 0; ago -= day) {
      const today = all.filter((device) => chance.part(device, ago / day) < changing);
      await each(today, async (device) => {
        await swarm.newSession(device);
        await swarm.checkIn(device);
        await swarm.tell(device, (swarm.roster.ages[device] ?? 0) + 1);
      });
    }
    await each(
      all.filter((device) => chance.part(device) >= silent),
      async (device) => {
        await swarm.newSession(device);
        await swarm.checkIn(device);
      },
    );
    if (!signal.aborted) note(`they have lived through ${days} days, about a tenth of them changing on each`);
  } finally {
    await line.close();
    await server.stop();
  }
}
