/** Reads a request's body: bounded in size, pace and time, parsed only as its route declares. */
import type { IncomingMessage } from "node:http";
import {
  limits,
  parseCanonical,
  parseJson,
  parseWith,
  RollcallError,
  reprDigestMatches,
} from "@rollcall/protocol";
import { atPace } from "./pace.ts";
import { type Receiving, receive } from "./receive.ts";
import type { Route } from "./route.ts";

export interface ReadBody {
  readonly bytes: Uint8Array;
  readonly body: unknown;
}

const empty: ReadBody = { bytes: new Uint8Array(), body: undefined };

/** Reads a body as its route declares. One that the handler decodes itself stays as it came. */
export async function readBody(
  request: IncomingMessage,
  { body: rule, raw }: Pick<Route, "body" | "raw">,
  receiving: Receiving,
): Promise<ReadBody> {
  const { limit } = raw ?? rule ?? {};
  if (limit === undefined) return empty;
  refuseEncoding(request.headers["content-encoding"], raw?.encodings ?? []);
  const bytes = await receive(request, limit, receiving);
  if (!rule) return { bytes, body: undefined };
  const digest = request.headers["repr-digest"];
  if (typeof digest === "string" && !reprDigestMatches(digest, bytes))
    throw new RollcallError("digest-mismatch");
  const value = rule.canonical ? parseCanonical(bytes) : parseJson(bytes);
  return { bytes, body: parseWith(rule.schema, value) };
}

function refuseEncoding(encoding: string | undefined, taken: readonly string[]): void {
  if (encoding === undefined || taken.includes(encoding)) return;
  throw new RollcallError("unsupported-encoding", {
    detail: `Content-Encoding ${encoding.slice(0, 32)} is not taken here.`,
  });
}

/** More than any address takes, so that every honest sender gets to read why it was refused. */
const mostDiscarded = 2 * limits.sectionsBody;

/**
 * Reads what is left of a body and throws it away: a sender that is still writing when the connection is closed sees
 * a broken pipe, not the answer. Gives up at a body larger than anybody has a reason to send.
 */
export async function discardBody(
  request: IncomingMessage,
  { broken, pace }: Omit<Receiving, "lease">,
): Promise<void> {
  if (request.complete || Number(request.headers["content-length"] ?? 0) > mostDiscarded) return;
  await atPace(request, pace, Promise.race([discarded(request), broken])).catch(() => {});
}

async function discarded(request: IncomingMessage): Promise<void> {
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > mostDiscarded) return;
  }
}
