/** The servers that benches talk to, each in a process of its own, ended with the bench. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Ownership } from "@rollcall/protocol";
import { z } from "zod";
import type { Surroundings } from "./bench.ts";

const root = join(import.meta.dirname, "../..");
const rollcall = join(root, "packages/ingest/bin/rollcall.mjs");

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
}

/** Starts a program that says `{"url": …}` on a line of its own once it listens, and ends on SIGTERM. */
async function startServer(
  { atEnd }: Surroundings,
  program: string,
  args: readonly string[],
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  atEnd(async () => {
    child.kill("SIGTERM");
    await closed;
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    closed.then(() => [undefined]),
  ]);
  if (typeof line !== "string" || child.pid === undefined) throw new Error(`${program} did not start`);
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(line));
  return { url, pid: child.pid };
}

export interface RollcallServer extends ServerProcess {
  /** The file of its database. */
  readonly database: string;
  /** Makes an enrolment string that lets in so many devices. */
  newEnrolment(uses: number, ownership?: Ownership): Promise<string>;
  /** Makes an API token that may ask everything. */
  newApiToken(): Promise<string>;
}

/**
 * Rollcall itself, as `rollcall serve` runs it, on a data directory of its own; `config` where it is not the defaults'.
 * `name` tells several servers apart; `keysOf` another one's whose keys it has, too.
 */
export async function startRollcall(
  surroundings: Surroundings,
  config: Readonly<Record<string, unknown>> = {},
  name = "data",
  keysOf?: string,
): Promise<RollcallServer> {
  const data = join(surroundings.directory, name);
  mkdirSync(data, { mode: 0o700 });
  if (keysOf !== undefined)
    cpSync(join(surroundings.directory, keysOf, "keys"), join(data, "keys"), { recursive: true });
  writeFileSync(join(data, "config.json"), JSON.stringify(config));
  return startAgain(surroundings, name);
}

/** The same on a data directory that is there. */
export async function startAgain(surroundings: Surroundings, name: string): Promise<RollcallServer> {
  const data = join(surroundings.directory, name);
  const server = await startServer(surroundings, rollcall, [
    ...["serve", "--data", data, "--listen", "127.0.0.1:0", "--json"],
  ]);
  return {
    ...server,
    database: join(data, "rollcall.db"),
    newEnrolment: (uses, ownership = "personal") => newEnrolment(data, uses, ownership),
    newApiToken: () => newApiToken(data),
  };
}

async function newEnrolment(data: string, uses: number, ownership: Ownership): Promise<string> {
  const many = ["--uses", String(uses), "--per-hour", String(uses)];
  const args = ["enrolment-token", "create", "--local", "--ownership", ownership, ...many];
  return z.object({ enrolment: z.string() }).parse(await ask(data, args)).enrolment;
}

async function newApiToken(data: string): Promise<string> {
  const args = ["api-token", "create", "--name", "bench", "--role", "admin"];
  return z.object({ token: z.string() }).parse(await ask(data, args)).token;
}

/** What a command of the server's own machine answers. */
async function ask(data: string, args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[rollcall, ...args, "--data", data, "--json", "--quiet"],
  ]);
  return JSON.parse(stdout);
}

/** node:http and nothing else: reads a body, parses it as JSON, answers with these bytes. */
export function startBareServer(surroundings: Surroundings, answer: string): Promise<ServerProcess> {
  return startServer(surroundings, fileURLToPath(import.meta.resolve("./bare-server.mjs")), [answer]);
}
