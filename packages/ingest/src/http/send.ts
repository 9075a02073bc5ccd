/** Writes an answer, without what every check-in of every device would carry for nothing. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Asked } from "./asked.ts";
import type { Answer } from "./route.ts";

const idBytes = 9;
/** Random bytes for so many ids are made at once: each time costs more than they do. */
const ids = { bytes: randomBytes(idBytes * 256), used: 0 };

/** 72 random bits: the server's own, in every answer and its line in the log. */
export function newRequestId(): string {
  if (ids.used === ids.bytes.length) Object.assign(ids, { bytes: randomBytes(ids.bytes.length), used: 0 });
  ids.used += idBytes;
  return ids.bytes.toString("base64url", ids.used - idBytes, ids.used);
}

export async function send(
  { request, response, path }: Pick<Asked, "request" | "response" | "path">,
  { status, body, text, json, parts, headers }: Answer,
  requestId: string,
): Promise<void> {
  response.statusCode = status;
  response.setHeader("x-request-id", requestId);
  const content = text ?? json ?? (body === undefined ? "" : JSON.stringify(body));
  response.setHeader("content-type", text === undefined ? "application/json" : "text/plain; charset=utf-8");
  if (isStorable(request, status)) response.setHeader("cache-control", "no-store");
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (path.startsWith("/v1/")) leaveOutPersistence(request, response);
  if (parts) await sendParts(response, parts);
  else response.end(content);
}

/** One part after the other, as the other end takes them; one that goes away, or a part that fails, ends the connection. */
async function sendParts(response: ServerResponse, parts: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(parts), response).catch(() => response.destroy());
}

/** What a POST or PUT has done no cache keeps unless it is told to (RFC 9110, 9.3.3 and 9.3.4). */
const isStorable = ({ method }: IncomingMessage, status: number): boolean =>
  status >= 300 || method === "GET" || method === "HEAD";

/** That a connection persists is what HTTP/1.1 says by itself (RFC 9112, 9.3); an agent closes it soon anyway. */
function leaveOutPersistence({ httpVersion }: IncomingMessage, response: ServerResponse): void {
  if (httpVersion === "1.1" && response.shouldKeepAlive && !response.hasHeader("connection"))
    response.removeHeader("connection");
}
