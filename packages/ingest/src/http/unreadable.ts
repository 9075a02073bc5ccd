/**
 * What Node's HTTP parser gives up on, before there is a request or in the middle of one. Whoever sent it gets a
 * problem like everybody else, and the log its line.
 */
import { STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { RollcallError } from "@rollcall/protocol";
import { cutAddress, type ServerLog } from "../logs/request-log.ts";
import { problemAnswer } from "./problem-answer.ts";
import type { Answer } from "./route.ts";
import { newRequestId } from "./send.ts";

const details: Readonly<Record<string, string>> = {
  HPE_INVALID_EOF_STATE: "The request did not arrive whole.",
  ECONNRESET: "The request did not arrive whole.",
};

/** The problem behind an error of Node's parser. */
export function unreadableReason(cause: Error): RollcallError {
  const code = "code" in cause ? cause.code : undefined;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RollcallError("request-timeout", { cause });
  if (code === "HPE_HEADER_OVERFLOW") return new RollcallError("headers-too-large", { cause });
  const detail = details[String(code)] ?? "This cannot be read as HTTP/1.1.";
  return new RollcallError("invalid-request", { detail, cause });
}

interface Refusing {
  readonly log: ServerLog;
  readonly giveNonce: () => string;
}

/** Answers on the bare socket, where there is no request to answer, and closes it. */
export function refuseUnreadable(reason: RollcallError, socket: Duplex, { log, giveNonce }: Refusing): void {
  const [received, address] =
    socket instanceof Socket ? [socket.bytesRead, socket.remoteAddress] : [0, undefined];
  // Who said nothing, or is gone, is owed nothing.
  if (received === 0 || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newRequestId();
  const answer = problemAnswer(reason, requestId, giveNonce);
  socket.end(asHttp(answer, requestId), () => socket.destroy());
  log.request({
    method: "-",
    route: "-",
    status: answer.status,
    durationMilliseconds: 0,
    requestId,
    address: cutAddress(address),
  });
}

function asHttp({ status, headers, body }: Answer, requestId: string): string {
  const content = JSON.stringify(body);
  const fields = {
    "x-request-id": requestId,
    ...headers,
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(content),
    connection: "close",
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join("")}\r\n${content}`;
}
