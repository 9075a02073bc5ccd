/**
 * One connection to the server: requests with bounded answers, every wait limited, no redirects, bytes counted
 * at the socket. Loaded only when something is going to be sent.
 */
import type { Agent, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { distrust, isUntrusted, withSocketPath } from "@rollcall/host";
import { nonceHeader, parseJson, problemBody } from "@rollcall/protocol";
import { AgentError, ServerProblem } from "../agent-error.ts";
import type { Address } from "./address.ts";
import { exchangeOne, http, type Request, type Timeouts, type Way } from "./one-request.ts";
import { retryAfterSeconds } from "./retry-after.ts";
import type { TlsAgent } from "./tls-agent.ts";

const usualTimeouts: Timeouts = { connect: 10_000, headers: 60_000, body: 10_000, whole: 120_000 };

/** An answer that is no problem. */
export interface Answer {
  /** Undefined where it was asked for as it is. */
  readonly body: unknown;
  readonly bytes: Uint8Array;
  /** For the next proof, where the server gave one. */
  readonly nonce: string | null;
}

export interface Bytes {
  readonly sent: number;
  readonly received: number;
}

export interface Connection {
  /** How errors name the server. */
  readonly name: string;
  /** Throws `ServerProblem` for a problem the server tells, `not-reached` for silence and nonsense. */
  send(request: Request): Promise<Answer>;
  /** On the wire so far, headers included. */
  bytes(): Bytes;
}

export interface ConnectionOptions {
  readonly timeouts?: Timeouts;
  /** Aborts what is under way: the error is `stopped`. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens a connection when the first request is sent, and closes it when `use` is settled. */
export async function withConnection<T>(
  address: Address,
  { timeouts = usualTimeouts, signal }: ConnectionOptions,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (address.kind !== "socket") return overAgent(address.origin, address, timeouts, signal, use);
  const name = `the server at ${address.path}`;
  try {
    return await withSocketPath(address.path, (socketPath) =>
      overAgent(name, { kind: "socket", path: socketPath }, timeouts, signal, use),
    );
  } catch (error) {
    // The socket's folder is not there: no error of `use` has such a code.
    if (error instanceof Error && "syscall" in error && error.syscall === "open") throw silence(name, error);
    throw error;
  }
}

async function overAgent<T>(
  name: string,
  address: Address,
  timeouts: Timeouts,
  signal: AbortSignal | undefined,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const sockets = new Set<Socket>();
  const { agent, wireOf } = await agentFor(address);
  const sum = (of: (socket: Socket) => number) =>
    [...sockets].reduce((total, socket) => total + of(socket), 0);
  const pins = address.kind === "tls" && address.ca !== undefined;
  const way = {
    origin: address.kind === "socket" ? "http://localhost" : address.origin,
    socketPath: address.kind === "socket" ? address.path : undefined,
    agent,
    timeouts,
    signal,
    opened: (socket: Socket) => sockets.add(wireOf(socket)),
  };
  try {
    return await use({
      name,
      send: (request) => send(name, request, way, pins),
      bytes: () => ({
        sent: sum((socket) => socket.bytesWritten),
        received: sum((socket) => socket.bytesRead),
      }),
    });
  } finally {
    agent.destroy();
  }
}

type Sockets = Pick<TlsAgent, "wireOf"> & { readonly agent: Agent };

async function agentFor(address: Address): Promise<Sockets> {
  if (address.kind === "tls") return (await import("./tls-agent.ts")).tlsAgent(address.ca);
  return { agent: new http.Agent({ keepAlive: true, maxSockets: 1 }), wireOf: (socket) => socket };
}

async function send(name: string, request: Request, way: Way, pins: boolean): Promise<Answer> {
  try {
    const { response, body } = await exchangeOne(request, way);
    return readAnswer(name, response, body, request.download !== undefined);
  } catch (error) {
    if (way.signal?.aborted) throw new AgentError("stopped", "stopped as asked", error);
    if (error instanceof AgentError) throw error;
    throw silence(name, error, pins);
  }
}

function readAnswer(
  name: string,
  { statusCode = 0, headers }: IncomingMessage,
  bytes: Uint8Array,
  asItIs: boolean,
): Answer {
  const header = (wanted: string) => [headers[wanted] ?? null].flat()[0] ?? null;
  const kind = header("content-type")?.split(";")[0]?.trim().toLowerCase();
  const nonce = header(nonceHeader);
  if (statusCode >= 200 && statusCode < 300 && kind === "application/json")
    return { nonce, bytes, body: asItIs ? undefined : parsed(name, bytes) };
  const problem =
    statusCode >= 400 && kind === "application/problem+json"
      ? problemBody.safeParse(parsed(name, bytes))
      : null;
  if (!problem?.success) throw nonsense(name, `status ${statusCode}, ${kind ?? "no content type"}`);
  const { code, title, detail, errors } = problem.data;
  throw new ServerProblem({
    server: name,
    status: statusCode,
    problem: code,
    title,
    detail,
    errors,
    body: parsed(name, bytes),
    nonce,
    retryAfterSeconds: retryAfterSeconds(header("retry-after"), header("date")),
  });
}

function parsed(name: string, bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    throw nonsense(name, "not JSON", cause);
  }
}

/** `pins`: only the CA of the enrolment string is trusted. */
function silence(name: string, cause: unknown, pins = false): AgentError {
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const why = distrust(reason);
  const hint = pins && isUntrusted(reason) ? `; ${pinned}` : "";
  const message = `${name} was not reached${why ? `: ${why}` : ""} (${reason})${hint}`;
  return new AgentError("not-reached", message, cause);
}

const pinned =
  "trusted is only the CA that the enrolment string pins: the string is for another server, or the server's CA was replaced";

/** The error for an answer that no Rollcall server of ours gives: whoever answered, it was not reached. */
export function nonsense(name: string, what: string, cause?: unknown): AgentError {
  return new AgentError("not-reached", `${name} gave an answer that makes no sense (${what})`, cause);
}
