/** Reads a request's body: bounded in size and time, decoded and parsed only as its route declares. */
import type { IncomingMessage } from "node:http";
import {
  decompress,
  parseCanonical,
  parseJson,
  parseWith,
  RollcallError,
  reprDigestMatches,
} from "@rollcall/protocol";
import rawBody from "raw-body";
import type { Route } from "./route.ts";

export interface ReadBody {
  readonly bytes: Uint8Array;
  readonly body: unknown;
}

const empty: ReadBody = { bytes: new Uint8Array(), body: undefined };

export async function readBody(request: IncomingMessage, rule: Route["body"]): Promise<ReadBody> {
  if (!rule) return empty;
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && !(encoding === "zstd" && rule.decodedLimit !== undefined)) {
    throw new RollcallError("unsupported-encoding", {
      detail: `Content-Encoding ${encoding.slice(0, 32)} is not taken here.`,
    });
  }
  const bytes = await wholeBody(request, rule.limit);
  const digest = request.headers["repr-digest"];
  if (typeof digest === "string" && !reprDigestMatches(digest, bytes))
    throw new RollcallError("digest-mismatch");
  const decoded = encoding === undefined ? bytes : decompress(bytes, rule.decodedLimit ?? 0);
  const value = rule.canonical ? parseCanonical(decoded) : parseJson(decoded);
  return { bytes, body: parseWith(rule.schema, value) };
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
