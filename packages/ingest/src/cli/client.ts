/**
 * The API as commands call it: a server elsewhere (ROLLCALL_URL), the one that owns the data directory through
 * its control socket, or, where none runs, the same code in this process under the directory's lock. What a way
 * needs is loaded when it is taken.
 */
import { existsSync, readFileSync } from "node:fs";
import { distrust, exitCodes, withSocketPath } from "@rollcall/host";
import type { z } from "zod";
import { isLoopback } from "../http/loopback.ts";
import { DirectoryInUse, pathsIn } from "../store/data-directory.ts";
import { type Context, dataDirectory, remoteServer } from "./context.ts";
import { CommandFailure, wrongUsage } from "./failure.ts";
import { type HttpAnswer, HttpClient, type HttpRequest } from "./http-client.ts";

export interface Call<T> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path below the server's address. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly answer: z.ZodType<T>;
}

export type Api = <T>(call: Call<T>) => Promise<T>;

type Work<T> = (api: Api) => Promise<T>;

/**
 * Runs a command against the API and lets go of the connection. Only one that `makes` something makes a data
 * directory where there is none, or in an empty one: whoever reads has named the wrong one.
 */
export async function withApi<T>(
  context: Context,
  work: Work<T>,
  purpose: "reads" | "makes" = "reads",
): Promise<T> {
  const url = remoteServer(context);
  if (url !== null) return remotely(context, url, work);
  const directory = dataDirectory(context);
  const running = existsSync(directory) ? await locally(directory, work) : null;
  if (running) return running.result;
  if (purpose === "reads") demandDatabase(directory);
  return inProcess(context, directory, work);
}

function demandDatabase(directory: string): void {
  const isThere = existsSync(directory);
  if (isThere && existsSync(pathsIn(directory).database)) return;
  throw new CommandFailure(
    `${isThere ? `${directory} holds no data of Rollcall` : `there is no data directory ${directory}`}; start a server with rollcall serve, or name another directory with --data`,
    isThere ? exitCodes.failed : exitCodes.notReached,
  );
}

async function remotely<T>({ env }: Context, url: string, work: Work<T>): Promise<T> {
  const token = env.ROLLCALL_TOKEN?.trim();
  if (!token)
    throw wrongUsage("ROLLCALL_URL is set, ROLLCALL_TOKEN is not; make one with rollcall api-token");
  const base = URL.parse(url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw wrongUsage(`ROLLCALL_URL is not an http or https address: ${url}`);
  if (base.protocol === "http:" && !isLoopback(base.hostname.replace(/^\[(.*)\]$/, "$1")))
    throw wrongUsage(
      `ROLLCALL_URL would send the API token unencrypted to another machine: ${base.origin}; use https`,
    );
  const client = await HttpClient.to(base, pinnedCa(env.ROLLCALL_CA));
  const below = base.pathname.replace(/\/+$/, "");
  try {
    return await work(apiOver(client, base.origin, { below, headers: { authorization: `Bearer ${token}` } }));
  } finally {
    client.close();
  }
}

/** The certificates in the file that ROLLCALL_CA names: then they are trusted, and no others. */
function pinnedCa(file: string | undefined): string | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CommandFailure(`ROLLCALL_CA names a file that cannot be read: ${file}`, exitCodes.usage, cause);
  }
}

/** Works through the control socket of a server that runs; null when none does. */
function locally<T>(directory: string, work: Work<T>): Promise<{ result: T } | null> {
  return withSocketPath(pathsIn(directory).controlSocket, async (socketPath) => {
    const client = await HttpClient.to(socketPath);
    try {
      // A server that is there answers this at once; one that is not is found out before anything was asked of it.
      if (!(await reachable(client, directory))) return null;
      return { result: await work(apiOver(client, `the server in ${directory}`)) };
    } finally {
      client.close();
    }
  });
}

async function reachable(client: HttpClient, directory: string): Promise<boolean> {
  try {
    await client.request({ method: "GET", path: "/healthz" });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ECONNREFUSED") return false;
    const reason = code === "EACCES" ? "it belongs to another account" : code;
    throw new CommandFailure(
      `the server in ${directory} was not reached (${reason})`,
      exitCodes.notReached,
      error,
    );
  }
}

async function inProcess<T>(context: Context, directory: string, work: Work<T>): Promise<T> {
  const { startServer } = await import("../server.ts");
  const { account: operator, now } = context;
  const server = await startServer({ directory, operator, now }).catch((error: unknown) => {
    if (!(error instanceof DirectoryInUse)) throw error;
    throw new CommandFailure(
      `${error.message}, which does not answer; end it or try again`,
      exitCodes.notReached,
      error,
    );
  });
  try {
    const done = await locally(directory, work);
    if (!done) throw new CommandFailure(`${directory}: its own server did not answer`);
    return done.result;
  } finally {
    await server.stop();
  }
}

function apiOver(
  client: HttpClient,
  name: string,
  { below = "", headers = {} }: { below?: string; headers?: Readonly<Record<string, string>> } = {},
): Api {
  return async ({ method, path, query, body, answer }) => {
    const { status, text } = await send(client, name, {
      method,
      path: below + withQuery(path, query),
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told = asJson(text);
    if (status >= 400) throw await failureOf(name, status, told);
    const parsed = answer.safeParse(told);
    if (!parsed.success)
      throw new CommandFailure(
        `${name} answered with something else than this version understands`,
        exitCodes.failed,
        parsed.error,
      );
    return parsed.data;
  };
}

async function send(client: HttpClient, name: string, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await client.request(request);
  } catch (cause) {
    const why = distrust(codeOf(cause));
    throw new CommandFailure(
      why === null
        ? `${name} was not reached (${codeOf(cause)}); is it running?`
        : `${name} was not reached: ${why} (${codeOf(cause)}); ROLLCALL_CA names a file with the CA to trust`,
      exitCodes.notReached,
      cause,
    );
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

function withQuery(path: string, query: Call<unknown>["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

/** What was typed makes the request, so a request that cannot be understood was wrongly typed. */
async function failureOf(name: string, status: number, told: unknown): Promise<CommandFailure> {
  const { problemBody } = await import("@rollcall/protocol");
  const problem = problemBody.safeParse(told).data;
  if (!problem) return new CommandFailure(`${name} answered ${status} without saying why`);
  const { errors = [], detail: said = problem.title } = problem;
  const places = errors
    .filter(({ detail }) => detail !== said)
    .map(({ pointer, detail }) => `${pointer}: ${detail}`);
  const words = [said, ...places].join(" ");
  const mistyped = problem.code === "query-invalid" || errors.length > 0;
  return new CommandFailure(`${words} [${problem.code}]`, mistyped ? exitCodes.usage : exitCodes.failed);
}
