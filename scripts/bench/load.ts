/** One round of load on a server: so many connections, each sending its next request when it has its answer. */
import autocannon from "autocannon";
import type { CheckInRequest } from "./crowd.ts";
import { quantile } from "./statistics.ts";

export interface Load {
  readonly url: string;
  /** For each connection, what makes its next request. */
  readonly connections: readonly (() => CheckInRequest)[];
  /** Requests in all. Nothing is cut off: a round ends when the last of them is answered. */
  readonly requests: number;
  /** The body that every answer has to have, with status 200. */
  readonly answer: string;
}

export interface Round {
  readonly answers: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** How often it looks whether the last answer is there. */
const lookEvery = 20;

/** Throws when one answer is not the expected one. */
export async function putLoadOn({ url, connections, requests, answer }: Load): Promise<Round> {
  const share = Math.max(1, Math.round(requests / connections.length));
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const waiting = connections.values();
  let [began, ended] = [0, 0];
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const options: autocannon.Options = {
    url: `${url}/v1/check-ins`,
    method: "POST",
    connections: connections.length,
    amount: share * connections.length,
    sampleInt: lookEvery,
    bailout: 1,
    expectBody: answer,
    setupClient(client) {
      began ||= performance.now();
      const next = waiting.next().value;
      if (next) client.setRequests([{ setupRequest: (request) => ({ ...request, ...next() }) }]);
    },
  };
  const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)));
  instance.on("response", (_client, status, _bytes, milliseconds) => {
    ended = performance.now();
    latencies.push(milliseconds);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  const { errors, mismatches } = await promise;
  if (mismatches > 0 || statuses.get(200) !== share * connections.length) {
    const told = [...statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
    throw new Error(`${url} gave other answers: ${told}; ${errors} errors, ${mismatches} other bodies`);
  }
  return {
    answers: latencies.length,
    perSecond: (1_000 * latencies.length) / (ended - began),
    p50Milliseconds: quantile(latencies, 0.5),
    p99Milliseconds: quantile(latencies, 0.99),
  };
}
