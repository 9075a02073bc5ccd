/** One HTTP request and its answer, over node:http: every wait limited, nothing followed, the answer bounded. */
import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { limits } from "@rollcall/protocol";
import type { Milliseconds } from "../schedule.ts";

export interface Request {
  readonly method: "GET" | "POST" | "PUT";
  /** Path below the server's address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The answer is not read as JSON, and may have this many bytes instead of the usual ones. */
  readonly download?: number;
}

export interface Timeouts {
  readonly connect: Milliseconds;
  /** Until the answer begins. */
  readonly headers: Milliseconds;
  /** Between two parts of the answer. */
  readonly body: Milliseconds;
  /** For one request in all. */
  readonly whole: Milliseconds;
}

/** How the server is reached. */
export interface Way {
  readonly origin: string;
  readonly socketPath: string | undefined;
  /** Keeps the socket from one request to the next. One of node:https makes it TLS. */
  readonly agent: Agent;
  readonly timeouts: Timeouts;
  readonly signal: AbortSignal | undefined;
  /** Told of each socket that carries a request, also when it did before. */
  readonly opened: (socket: Socket) => void;
}

/** An answer of whatever status, its body complete. */
export interface Whole {
  readonly response: IncomingMessage;
  readonly body: Uint8Array;
}

/** Not by `import`, which reads every member of the module, one of which loads undici: 40 ms of processor. */
export const http = process.getBuiltinModule("node:http");

const mostHeaderBytes = 16_384;

/** Throws the error of the socket, of the parser, of the signal, or one of this file. */
export async function exchangeOne(
  { method, path, headers, body, download = limits.answer }: Request,
  way: Way,
): Promise<Whole> {
  const { origin, socketPath, agent, timeouts, signal, opened } = way;
  const request = http.request(origin, {
    path,
    method,
    // A socket's address names no host (RFC 9110, 7.2).
    ...(socketPath === undefined
      ? { headers: { ...headers } }
      : { headers: { ...headers, host: "" }, setHost: false }),
    agent,
    maxHeaderSize: mostHeaderBytes,
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(signal === undefined ? {} : { signal }),
  });
  // That a connection persists is what HTTP/1.1 says by itself (RFC 9112, 9.3).
  request.removeHeader("connection");
  const patience = new Patience(request, timeouts);
  request.on("socket", (socket) => {
    opened(socket);
    patience.overSocket(socket);
  });
  try {
    const answered = responseTo(request);
    request.end(body);
    const response = await answered;
    return { response, body: await bodyOf(response, patience, download) };
  } finally {
    patience.end();
  }
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    // Also after the answer began: then the body tells, and nobody else listens.
    request.on("error", reject);
    request.on("close", () => reject(new Failed("ECONNRESET")));
  });
}

async function bodyOf(response: IncomingMessage, patience: Patience, most: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  patience.forBody();
  // Without an encoding each part of a body is a buffer.
  for await (const part of response as AsyncIterable<Buffer>) {
    patience.forBody();
    size += part.length;
    if (size > most) throw new Failed("EMSGSIZE");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Ends a request that takes too long. */
class Patience {
  readonly #request: ClientRequest;
  readonly #timeouts: Timeouts;
  readonly #whole: NodeJS.Timeout;
  #step: NodeJS.Timeout | undefined;

  constructor(request: ClientRequest, timeouts: Timeouts) {
    this.#request = request;
    this.#timeouts = timeouts;
    this.#whole = this.#endAfter(timeouts.whole);
  }

  overSocket(socket: Socket): void {
    const { connect, headers } = this.#timeouts;
    this.#wait(socket.connecting ? connect : headers);
    if (socket.connecting) socket.once("connect", () => this.#wait(headers));
  }

  forBody(): void {
    this.#wait(this.#timeouts.body);
  }

  end(): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#step);
  }

  #wait(milliseconds: Milliseconds): void {
    clearTimeout(this.#step);
    this.#step = this.#endAfter(milliseconds);
  }

  #endAfter(milliseconds: Milliseconds): NodeJS.Timeout {
    return setTimeout(() => this.#request.destroy(new Failed("ETIMEDOUT")), milliseconds);
  }
}

/** Named as the system names its own errors, for they are told together. */
class Failed extends Error {
  readonly code: "ETIMEDOUT" | "EMSGSIZE" | "ECONNRESET";

  constructor(code: Failed["code"]) {
    super(code);
    this.code = code;
  }
}
