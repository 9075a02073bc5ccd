/**
 * `npm start`: a server on this machine with this machine's own agent, enrolled and checking in. Ends both when
 * it is asked to (SIGINT, SIGTERM), whatever it is doing at that moment.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { createOutput, exitCodes } from "@rollcall/host";
import { z } from "zod";
import { isLoopback } from "../packages/ingest/src/http/loopback.ts";
import { endedLines, summaryLines, type Where } from "./start/summary.ts";

const root = join(import.meta.dirname, "..");
const program = {
  server: join(root, "packages/ingest/bin/rollcall.mjs"),
  agent: join(root, "packages/agent/bin/rollcall-agent.mjs"),
} as const;
type Program = keyof typeof program;

const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  json: false,
  quiet: false,
});

/** Ends `npm start` with this code; what went wrong has been said. */
class Ended extends Error {
  readonly code: number;
  constructor(code: number, message = "") {
    super(message);
    this.code = code;
  }
}

const usage =
  "Usage: npm start [-- --port N --data DIR] [--listen HOST:PORT --public-url https://HOST[:PORT]]";

function readArguments() {
  const options = {
    port: { type: "string", default: "8080" },
    data: { type: "string", default: join(root, "data") },
    listen: { type: "string" },
    "public-url": { type: "string" },
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args: process.argv.slice(2), options, strict: true }).values;
  } catch (error) {
    throw new Ended(2, `${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** The lists of definitions and collectors are what the folders hold, whatever was last committed. */
function generateLists(): void {
  spawnSync(process.execPath, [join(root, "scripts/generate.ts")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

const children = new Set<ChildProcess>();
let asked = false;

function begin(
  which: Program,
  args: readonly string[],
  stdout: "pipe" | "inherit",
  stdin: "pipe" | "ignore" = "ignore",
): ChildProcess {
  if (asked) throw new Ended(0);
  const child = spawn(process.execPath, [program[which], ...args], { stdio: [stdin, stdout, "inherit"] });
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** Runs a command to its end and gives back what it printed. `accepted` are the exit codes that are no failure. */
async function run(
  which: Program,
  args: readonly string[],
  { input, accepted = [0] }: { input?: string; accepted?: readonly number[] } = {},
): Promise<string> {
  const child = begin(which, args, "pipe", input === undefined ? "ignore" : "pipe");
  // A child that ended already reads nothing; its exit code tells.
  child.stdin?.on("error", () => undefined).end(input);
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const [code] = await once(child, "close");
  if (asked) throw new Ended(0);
  if (typeof code === "number" && accepted.includes(code)) return printed;
  throw new Ended(typeof code === "number" ? code : 1, `${which} ${args[0]} failed.`);
}

const started = z.object({ url: z.string(), directory: z.string() });

/** Starts the server, as these flags have it, and waits until it listens. */
async function startServer(
  data: string,
  network: readonly string[],
): Promise<{ child: ChildProcess; url: string }> {
  const child = begin("server", ["serve", "--data", data, ...network, "--json"], "pipe");
  if (!child.stdout) throw new Error("the server's output is not piped");
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), once(child, "close")]);
  if (asked) throw new Ended(0);
  const [line] = first;
  // It ended, and has said why on stderr.
  if (typeof line !== "string") throw new Ended(typeof line === "number" ? line : 1);
  return { child, url: started.parse(JSON.parse(line)).url };
}

const agentStatus = z.looseObject({
  enrolled: z.boolean(),
  deviceId: z.string().nullable(),
  ended: z.enum(["deleted", "retired"]).nullable(),
});

async function statusOfAgent(state: string): Promise<z.infer<typeof agentStatus>> {
  return agentStatus.parse(JSON.parse(await run("agent", ["status", "--state", state, "--json"])));
}

async function enrolOwnAgent(data: string, state: string): Promise<void> {
  const { enrolled } = await statusOfAgent(state);
  if (enrolled) return;
  const made = await run("server", [
    "enrolment-token",
    "create",
    "--local",
    "--ownership",
    "personal",
    "--data",
    data,
    "--json",
    "--quiet",
  ]);
  const { enrolment } = z.object({ enrolment: z.string() }).parse(JSON.parse(made));
  await run("agent", ["enrol", "-", "--grant", "inventory", "--state", state], { input: enrolment });
}

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) throw new Ended(0, usage);
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535)
    throw new Ended(2, `--port takes a number up to 65535, not ${values.port}\n${usage}`);
  generateLists();
  const data = resolve(values.data);
  const state = join(data, "agent");
  const publicUrl = values["public-url"];
  const { child: server, url } = await startServer(data, [
    "--listen",
    values.listen ?? `127.0.0.1:${values.port}`,
    ...(publicUrl === undefined ? [] : ["--public-url", publicUrl]),
  ]);
  const serverEnd = ended("server", server);
  await enrolOwnAgent(data, state);
  // Refused where this machine was deleted or retired, which the inventory of all the others outlives.
  await run("agent", ["check-in", "--state", state, "--json"], {
    accepted: [exitCodes.done, exitCodes.refused],
  });
  const usual = data === join(root, "data");
  const flags = usual ? { server: "", agent: "" } : { server: ` --data ${data}`, agent: ` --state ${state}` };
  const open = publicUrl !== undefined && !isLoopback(hostOf(publicUrl));
  for (const line of await told(state, { url: publicUrl ?? url, open, data, flags })) output.line(line);
  const agent = begin("agent", ["run", "--state", state], "inherit");
  const [which, code] = await Promise.race([serverEnd, endOfAgent(agent, serverEnd)]);
  if (!asked) throw new Ended(1, `The ${which} ended by itself${code === null ? "" : ` with code ${code}`}.`);
}

/** What there is to say of this machine once it has checked in, or was refused. */
async function told(state: string, where: Where): Promise<string[]> {
  const { deviceId, ended } = await statusOfAgent(state);
  if (ended) return endedLines(ended, where);
  const device = await run("server", ["device", deviceId ?? "", "--data", where.data, "--json"]);
  return summaryLines(JSON.parse(device), where);
}

/** Of an agent that its person has unenrolled the server is independent: then its end is what is waited for. */
async function endOfAgent(agent: ChildProcess, serverEnd: Promise<End>): Promise<End> {
  const end = await ended("agent", agent);
  if (asked || end[1] !== exitCodes.notEnrolled) return end;
  output.note("The agent has ended, for this machine is not enrolled any more; the server goes on.");
  return serverEnd;
}

/** As the server reads it, which has taken this URL; an IPv6 address without its brackets. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");

/** Which ended, and with which code; null by a signal. */
type End = readonly [Program, number | null];

async function ended(which: Program, child: ChildProcess): Promise<End> {
  const [code] = await once(child, "close");
  return [which, typeof code === "number" ? code : null];
}

/** Ends the agent before the server, so that a check-in under way still has one; then waits for all. */
async function endChildren(): Promise<void> {
  const all = [...children];
  for (const child of all.reverse()) {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (asked) return;
    asked = true;
    void endChildren();
  });
}

try {
  await main();
} catch (error) {
  const failure = asked ? new Ended(0) : error;
  if (!(failure instanceof Ended)) throw failure;
  for (const line of failure.message.split("\n")) if (line !== "") output.error(line);
  process.exitCode = failure.code;
}
await endChildren();
