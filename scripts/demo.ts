/**
 * `npm run demo [-- --devices N --seed S --port N --data DIR]`: `npm start` with a simulated fleet and a month of its
 * history. Without `--data` it is all in a temporary directory, which goes when it ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createOutput, exitCodes } from "@rollcall/host";
import { z } from "zod";
import { pathsIn } from "../packages/ingest/src/store/data-directory.ts";
import { fillDirectory } from "./demo/fill.ts";

const usage = "Usage: npm run demo [-- --devices N --seed S --port N --data DIR]";
const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  json: false,
  quiet: false,
});

const number = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const argumentsSchema = z.object({
  devices: number(1, 100_000),
  seed: number(0, 2 ** 32 - 1),
  port: number(0, 65_535),
  data: z.string().optional(),
});

/** null where only the usage is asked for. */
function readArguments(): z.infer<typeof argumentsSchema> | null {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    strict: true,
    options: {
      devices: text("2000"),
      seed: text("1"),
      port: text("8080"),
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  return values.help ? null : argumentsSchema.parse(values);
}

const ending = new AbortController();
let started: ChildProcess | null = null;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    ending.abort();
    started?.kill(signal);
  });

/** The exit code of `npm start` on this directory. */
async function start(directory: string, port: number): Promise<number> {
  const args = [join(import.meta.dirname, "start.ts"), "--data", directory, "--port", String(port)];
  started = spawn(process.execPath, args, { stdio: "inherit" });
  if (ending.signal.aborted) started.kill("SIGTERM");
  const [code] = await once(started, "close");
  return typeof code === "number" ? code : exitCodes.done;
}

async function demonstrate({ devices, seed, port, data }: z.infer<typeof argumentsSchema>): Promise<number> {
  const folder = data === undefined ? mkdtempSync(join(tmpdir(), "rollcall-demo-")) : null;
  const directory = resolve(data ?? join(folder ?? "", "data"));
  try {
    if (existsSync(pathsIn(directory).database)) output.note(`${directory} has a fleet already`);
    else {
      output.note(`Making ${devices} devices and a month of their history; that takes a minute or two.`);
      const { signal } = ending;
      await fillDirectory({ directory, devices, seed, signal, note: (text) => output.note(text) });
    }
    return ending.signal.aborted ? exitCodes.done : await start(directory, port);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

try {
  const asked = readArguments();
  if (asked === null) output.line(usage);
  else process.exitCode = await demonstrate(asked);
} catch (error) {
  const isWrongUsage = error instanceof z.ZodError || (error instanceof TypeError && "code" in error);
  const said =
    error instanceof z.ZodError
      ? error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`).join("; ")
      : String(error instanceof Error ? error.message : error);
  output.error(said);
  if (isWrongUsage) output.error(usage);
  process.exitCode = isWrongUsage ? exitCodes.usage : exitCodes.failed;
}
