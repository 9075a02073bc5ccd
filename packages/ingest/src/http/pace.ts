/** How slowly a body may come: one that trickles in is cut off long before its time is over. */
import type { IncomingMessage } from "node:http";
import { RollcallError } from "@rollcall/protocol";
import type { Services } from "../services.ts";

export interface Pace {
  readonly bytesPerSecond: number;
  /** How long a sender may stay below that. */
  readonly milliseconds: number;
}

export const paceOf = ({ config, bodyPatience }: Services): Pace => ({
  bytesPerSecond: config["server.slowestBytesPerSecond"],
  milliseconds: bodyPatience,
});

/**
 * Waits for some reading of a body; rejects with `request-timeout` as soon as a stretch of time brought too little of
 * it. A stall of this process is not the sender's: what came in meanwhile is read before it is judged.
 */
export async function atPace<T>(
  request: IncomingMessage,
  { bytesPerSecond, milliseconds }: Pace,
  reading: Promise<T>,
): Promise<T> {
  // As nearly every small body is by the time that its sender is found.
  if (request.complete) return reading;
  const { promise: tooSlow, reject } = Promise.withResolvers<never>();
  const least = (bytesPerSecond * milliseconds) / 1_000;
  const { socket } = request;
  let before = socket.bytesRead;
  const judge = () => {
    if (!request.complete && socket.bytesRead - before < least)
      reject(new RollcallError("request-timeout", { detail: slower(bytesPerSecond) }));
    before = socket.bytesRead;
  };
  const timer = setInterval(() => setImmediate(judge), milliseconds);
  try {
    return await Promise.race([reading, tooSlow]);
  } finally {
    clearInterval(timer);
    // Judged once more by what was set off before; nobody waits for that.
    tooSlow.catch(() => {});
  }
}

const slower = (bytesPerSecond: number) => `The body came at less than ${bytesPerSecond} bytes a second.`;
