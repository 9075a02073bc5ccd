/** Receives a body whole: within its size, its pace and what the process has memory for. */
import type { IncomingMessage } from "node:http";
import { RollcallError } from "@rollcall/protocol";
import type { Lease } from "../decoding/memory-budget.ts";
import { atPace, type Pace } from "./pace.ts";

/** What stands around a body that is being received. */
export interface Receiving {
  /** Rejects when no more of it can come. */
  readonly broken: Promise<never>;
  readonly pace: Pace;
  /** Takes what has come. */
  readonly lease: Lease;
}

/** Throws `too-large`, `busy`, `request-timeout`, `invalid-request`; nothing more is kept of the body then. */
export async function receive(
  request: IncomingMessage,
  limit: number,
  { broken, pace, lease }: Receiving,
): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  if (!request.readable) throw notWhole();
  if (request.complete) return here(request, limit, lease);
  const { promise: whole, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer) => {
    length += part.length;
    if (length > limit) throw tooLarge(limit);
    lease.take(part.length);
    parts.push(part);
  };
  const onData = (part: Buffer) => attempt(() => keep(part), reject);
  const onEnd = () => resolve(Buffer.concat(parts, length));
  // After its end a request closes, too; an error is dear to make for nobody.
  const onLost = (cause?: unknown) => {
    if (!request.readableEnded) reject(notWhole(cause));
  };
  request.on("data", onData).on("end", onEnd).on("error", onLost).on("close", onLost);
  try {
    return await atPace(request, pace, Promise.race([whole, broken]));
  } finally {
    request.off("data", onData).off("end", onEnd).off("error", onLost).off("close", onLost);
    // What else comes waits for whoever discards it.
    request.pause();
  }
}

/** A body that has come whole, as nearly every small one has by now: nothing has to be waited for. */
function here(request: IncomingMessage, limit: number, lease: Lease): Buffer {
  const { readableLength: length } = request;
  if (length > limit) throw tooLarge(limit);
  lease.take(length);
  const whole: unknown = request.read();
  return Buffer.isBuffer(whole) ? whole : Buffer.alloc(0);
}

/** In a listener nobody would catch it. */
function attempt(work: () => void, failed: (reason: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}

const tooLarge = (limit: number) =>
  new RollcallError("too-large", { detail: `The body is larger than ${limit} bytes.` });

const notWhole = (cause?: unknown) =>
  new RollcallError("invalid-request", { detail: "The body did not arrive whole.", cause });
