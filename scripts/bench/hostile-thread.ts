/**
 * The hostile devices of `bench hostile`, in a thread of their own: making their bodies takes longer than the answers
 * that are measured beside them.
 */
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { Fleet } from "../swarm/fleet.ts";
import { type HostileReport, harass } from "../swarm/hostile.ts";
import { Line } from "../swarm/line.ts";
import { Swarm } from "../swarm/swarm.ts";

const { url, server, token, size } = z
  .object({ url: z.string(), server: z.string(), token: z.string(), size: z.int() })
  .parse(workerData);

const line = new Line(url, size);
const swarm = new Swarm({ fleet: new Fleet(2), enrolment: { server, token }, line, size });
const devices = Array.from({ length: size }, (_, device) => device);
const statuses: HostileReport["statuses"] = {};
let asked = new AbortController();
let harm: Promise<unknown> = Promise.resolve();

/** Each is answered with its own name when it is done; `tell` with what the devices were answered. */
const orders: Readonly<Record<string, () => Promise<unknown>>> = {
  async enrol() {
    for (const device of devices) await swarm.enrol(device);
    return "enrol";
  },
  async begin() {
    asked = new AbortController();
    const { signal } = asked;
    harm = Promise.all(devices.map((device) => harass(swarm, device, device, { statuses }, signal)));
    return "begin";
  },
  async end() {
    asked.abort();
    await harm;
    return "end";
  },
  tell: async () => JSON.stringify(statuses),
};

parentPort?.on("message", async (order: string) => parentPort?.postMessage(await orders[order]?.()));
