/** Reads a request's body: bounded in size and time, decoded and parsed only as its route declares. */
import type { IncomingMessage } from "node:http";
import {
  decompress,
  dictionaryIdHeader,
  limits,
  parseCanonical,
  parseJson,
  parseWith,
  RollcallError,
  readDcz,
  reprDigestMatches,
} from "@rollcall/protocol";
import rawBody from "raw-body";
import type { Route, WantedDictionary } from "./route.ts";

export interface ReadBody {
  readonly bytes: Uint8Array;
  readonly body: unknown;
}

const empty: ReadBody = { bytes: new Uint8Array(), body: undefined };

/** Throws `dictionary-unknown` when the sender has no such dictionary. */
export type FindDictionary = (wanted: WantedDictionary) => Promise<Uint8Array>;

/** Reads a body as its route declares. `broken` rejects when no more of it can come. */
export async function readBody(
  request: IncomingMessage,
  rule: Route["body"],
  broken: Promise<never>,
  findDictionary?: FindDictionary,
): Promise<ReadBody> {
  if (!rule) return empty;
  const encoding = request.headers["content-encoding"];
  const taken = rule.decodedLimit === undefined ? [] : findDictionary ? ["zstd", "dcz"] : ["zstd"];
  if (encoding !== undefined && !taken.includes(encoding)) {
    throw new RollcallError("unsupported-encoding", {
      detail: `Content-Encoding ${encoding.slice(0, 32)} is not taken here.`,
    });
  }
  const bytes = await Promise.race([wholeBody(request, rule.limit), broken]);
  const digest = request.headers["repr-digest"];
  if (typeof digest === "string" && !reprDigestMatches(digest, bytes))
    throw new RollcallError("digest-mismatch");
  const decoded = await decode(request, bytes, rule.decodedLimit ?? 0, findDictionary);
  const value = rule.canonical ? parseCanonical(decoded) : parseJson(decoded);
  return { bytes, body: parseWith(rule.schema, value) };
}

async function decode(
  { headers }: IncomingMessage,
  bytes: Uint8Array,
  limit: number,
  findDictionary: FindDictionary | undefined,
): Promise<Uint8Array> {
  if (headers["content-encoding"] === undefined) return bytes;
  if (headers["content-encoding"] !== "dcz" || !findDictionary) return decompress(bytes, limit);
  const { hash, frame } = readDcz(bytes);
  const dictionary = await findDictionary({ hash, id: headers[dictionaryIdHeader]?.toString() });
  return decompress(frame, limit, dictionary);
}

async function wholeBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await rawBody(request, { limit, length: request.headers["content-length"] ?? null });
  } catch (cause) {
    if (cause instanceof Error && "type" in cause && cause.type === "entity.too.large") {
      throw new RollcallError("too-large", { detail: `The body is larger than ${limit} bytes.`, cause });
    }
    throw new RollcallError("invalid-request", { detail: "The body did not arrive whole.", cause });
  }
}

/** More than any address takes, so that every honest sender gets to read why it was refused. */
const mostDiscarded = 2 * limits.sectionsBody;

/**
 * Reads what is left of a body and throws it away: a sender that is still writing when the connection is closed sees
 * a broken pipe, not the answer. Gives up at a body larger than anybody has a reason to send.
 */
export async function discardBody(request: IncomingMessage, broken: Promise<never>): Promise<void> {
  if (request.complete || Number(request.headers["content-length"] ?? 0) > mostDiscarded) return;
  await Promise.race([discarded(request), broken]).catch(() => {});
}

async function discarded(request: IncomingMessage): Promise<void> {
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > mostDiscarded) return;
  }
}
