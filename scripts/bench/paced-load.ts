/** Check-ins at an even pace, whatever the server makes of them: each is due at its time, and its latency counts from then. */
import { setTimeout as wait } from "node:timers/promises";
import type { Line } from "../swarm/line.ts";
import type { CheckInRequest } from "./crowd.ts";
import { quantile } from "./statistics.ts";

export interface PacedLoad {
  readonly line: Line;
  /** What makes the next request of each device; they take turns, so that none has two requests at a time. */
  readonly devices: readonly (() => CheckInRequest)[];
  readonly perSecond: number;
  readonly seconds: number;
  /** The body that every answer has to have, with status 200. */
  readonly answer: string;
}

export interface Latencies {
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly longestMilliseconds: number;
}

/** Throws when one answer is not the expected one. */
export async function checkInAtPace(load: PacedLoad): Promise<Latencies> {
  const { devices, perSecond, seconds } = load;
  const began = performance.now();
  const sent: Promise<number>[] = [];
  for (let number = 0; number < perSecond * seconds; number++) {
    const due = began + (1_000 * number) / perSecond;
    const ahead = due - performance.now();
    if (ahead > 0) await wait(ahead);
    const next = devices[number % devices.length];
    if (next) sent.push(latencyOf(load, next(), due));
  }
  const latencies = await Promise.all(sent);
  return {
    p50Milliseconds: quantile(latencies, 0.5),
    p99Milliseconds: quantile(latencies, 0.99),
    longestMilliseconds: quantile(latencies, 1),
  };
}

async function latencyOf({ line, answer }: PacedLoad, request: CheckInRequest, due: number): Promise<number> {
  const { status, text } = await line.send({ method: "POST", path: "/v1/check-ins", ...request });
  if (status !== 200 || text !== answer)
    throw new Error(`a check-in had another answer: ${status} ${text.slice(0, 300)}`);
  return performance.now() - due;
}
