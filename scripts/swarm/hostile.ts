/** Devices that mean harm, within what a session lets them do. Each has one way, and goes on until it is told to end. */

import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { zstdCompressSync } from "node:zlib";
import type { Swarm } from "./swarm.ts";

/** What one attempt came to: the status it got, 0 when the connection was closed instead. */
type Attempt = (swarm: Swarm, device: number, round: number, signal: AbortSignal) => Promise<number>;

const mebibyte = 1024 ** 2;

const packages = (count: number, name: (index: number) => string) => ({
  "software.deb": {
    schema: 1,
    status: "ok" as const,
    document: {
      packages: Array.from({ length: count }, (_, index) => ({
        architecture: "amd64",
        name: name(index),
        version: "1",
      })),
    },
  },
});

/** Checks in and sends these sections as if nothing was known before. */
async function sendAnew(
  swarm: Swarm,
  device: number,
  sections: ReturnType<typeof packages>,
): Promise<number> {
  await swarm.sendCheckIn(device, swarm.roster.nextCounter(device));
  return (await swarm.putSections(device, sections, null)).status;
}

/** A bomb: small on the wire, as large as a decoder lets it be. */
const bomb = zstdCompressSync(Buffer.alloc(63 * mebibyte, "["));

const ways: Readonly<Record<string, Attempt>> = {
  /** New terms each time: what an index would have to grow by. */
  uniqueTerms: (swarm, device) => {
    const run = randomBytes(4).toString("hex");
    const name = (index: number) => `x${run}${String(index).padStart(6, "0")}`;
    return sendAnew(swarm, device, packages(4_000, name));
  },
  /** One section that goes back and forth: a history without end. */
  flapping: (swarm, device, round) =>
    sendAnew(
      swarm,
      device,
      packages(400, (index) => `flap-${round % 2}-${String(index).padStart(4, "0")}`),
    ),
  bombs: async (swarm, device) => (await swarm.putBytes(device, bomb)).status,
  slowBodies: (swarm, device, _round, signal) => dribble(swarm, device, signal),
  oldCounters: async (swarm, device) => {
    const { status } = await swarm.sendCheckIn(device, 1);
    // A session that was taken away is asked for again, and again.
    if (status === 401) await swarm.newSession(device).catch(() => {});
    return status;
  },
};

/** Between two attempts of one hostile device, milliseconds. */
const pause = 50;

export interface HostileReport {
  /** By way: how often each status came. */
  readonly statuses: Record<string, Record<string, number>>;
}

/** Lets a hostile device loose until the signal. */
export async function harass(
  swarm: Swarm,
  device: number,
  number: number,
  { statuses }: HostileReport,
  signal: AbortSignal,
): Promise<void> {
  const names = Object.keys(ways);
  const name = names[number % names.length] ?? "";
  const counts = statuses[name] ?? {};
  statuses[name] = counts;
  for (let round = 0; !signal.aborted; round++) {
    const status = (await ways[name]?.(swarm, device, round, signal).catch(() => 0)) ?? 0;
    counts[status] = (counts[status] ?? 0) + 1;
    await wait(pause, undefined, { signal }).catch(() => {});
  }
}

/** A body of which a byte comes every so often. */
function dribble(swarm: Swarm, device: number, signal: AbortSignal): Promise<number> {
  const { line } = swarm;
  return new Promise((resolve) => {
    const sending = request({
      ...line.where,
      agent: false,
      method: "PUT",
      path: "/v1/sections",
      headers: {
        ...swarm.authorised(device),
        "content-encoding": "zstd",
        "content-length": String(mebibyte),
      },
    });
    const drip = setInterval(() => sending.write("x"), 500);
    const end = (status: number) => {
      clearInterval(drip);
      signal.removeEventListener("abort", stop);
      sending.destroy();
      resolve(status);
    };
    const stop = () => end(0);
    signal.addEventListener("abort", stop, { once: true });
    sending.on("response", ({ statusCode }) => end(statusCode ?? 0));
    sending.on("error", () => end(0));
    sending.on("close", () => end(0));
    sending.flushHeaders();
  });
}
