/**
 * The API as commands call it: a server elsewhere (ROLLCALL_URL), the one that owns the data directory through
 * its control socket, or, where none runs, the same code in this process under the directory's lock.
 */
import { type ProblemBody, problemBody } from "@rollcall/protocol";
import { type ExitCode, exitCodes } from "@rollcall/terminal";
import { Client, type Dispatcher } from "undici";
import type { z } from "zod";
import { startServer } from "../server.ts";
import { withSocketPath } from "../socket-path.ts";
import { DirectoryInUse, pathsIn } from "../store/data-directory.ts";
import { type Context, dataDirectory } from "./context.ts";

/** A failure that the person can act on, with the exit code it ends in. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

export interface Call<T> {
  readonly method: "GET" | "POST" | "DELETE";
  /** Path below the server's address. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly answer: z.ZodType<T>;
}

export type Api = <T>(call: Call<T>) => Promise<T>;

/** Runs a command against the API and lets go of the connection. */
export async function withApi<T>(context: Context, work: (api: Api) => Promise<T>): Promise<T> {
  const url = context.env.ROLLCALL_URL;
  if (url !== undefined && url !== "") return remotely(context, url, work);
  const directory = dataDirectory(context);
  const { controlSocket } = pathsIn(directory);
  const running = await locally(controlSocket, directory, work, "may be absent");
  return running ? running.result : inProcess(context, directory, work);
}

async function remotely<T>({ env }: Context, url: string, work: (api: Api) => Promise<T>): Promise<T> {
  const token = env.ROLLCALL_TOKEN;
  if (token === undefined || token === "")
    throw new CommandFailure("ROLLCALL_URL is set but ROLLCALL_TOKEN is not.", exitCodes.usage);
  const base = URL.parse(url);
  if (!base || !/^https?:$/.test(base.protocol))
    throw new CommandFailure(`ROLLCALL_URL is not an http or https address: ${url}`, exitCodes.usage);
  const client = new Client(base.origin);
  try {
    return await work(apiOver(client, base.origin, { authorization: `Bearer ${token}` }));
  } finally {
    await client.close();
  }
}

/** Works through a control socket; null when there is no server behind it and that is no mistake. */
async function locally<T>(
  socket: string,
  directory: string,
  work: (api: Api) => Promise<T>,
  absence: "may be absent" | "is a failure",
): Promise<{ result: T } | null> {
  return withSocketPath(socket, async (socketPath) => {
    const client = new Client("http://localhost", { socketPath });
    try {
      const api = apiOver(client, `the server in ${directory}`, {});
      // A server that is there answers this at once; one that is not is found out before anything was asked of it.
      if (absence === "may be absent" && !(await reachable(client))) return null;
      return { result: await work(api) };
    } finally {
      await client.close();
    }
  }).catch((error: unknown) => {
    if (isMissingFolder(error) && absence === "may be absent") return null;
    throw error;
  });
}

const isMissingFolder = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

async function reachable(client: Client): Promise<boolean> {
  try {
    const { body } = await client.request({ method: "GET", path: "/healthz" });
    await body.dump();
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ECONNREFUSED") return false;
    throw error;
  }
}

async function inProcess<T>(context: Context, directory: string, work: (api: Api) => Promise<T>): Promise<T> {
  try {
    const server = await startServer({ directory, operator: context.account, now: context.now });
    try {
      const done = await locally(pathsIn(directory).controlSocket, directory, work, "is a failure");
      if (!done) throw new CommandFailure(`${directory}: its own server did not answer`);
      return done.result;
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (error instanceof DirectoryInUse)
      throw new CommandFailure(`${error.message}, which does not answer.`, exitCodes.notReached, error);
    throw error;
  }
}

function apiOver(client: Client, name: string, headers: Record<string, string>): Api {
  return async ({ method, path, query, body, answer }) => {
    const response = await send(client, name, {
      method,
      path: withQuery(path, query),
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const told: unknown = await response.body.json().catch(() => null);
    if (response.statusCode >= 400) throw failureOf(response.statusCode, problemBody.safeParse(told).data);
    const parsed = answer.safeParse(told);
    if (!parsed.success)
      throw new CommandFailure(
        `${name} answered with something else than this version understands.`,
        exitCodes.failed,
        parsed.error,
      );
    return parsed.data;
  };
}

async function send(
  client: Client,
  name: string,
  options: Dispatcher.RequestOptions,
): Promise<Dispatcher.ResponseData> {
  try {
    return await client.request(options);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new CommandFailure(`${name} was not reached (${reason}).`, exitCodes.notReached, cause);
  }
}

function withQuery(path: string, query: Call<unknown>["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

function failureOf(status: number, problem: ProblemBody | undefined): CommandFailure {
  if (!problem) return new CommandFailure(`The server answered ${status} without saying why.`);
  const places = (problem.errors ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`);
  const words = [problem.detail ?? problem.title, ...places].join(" ");
  return new CommandFailure(`${words} [${problem.code}]`);
}
