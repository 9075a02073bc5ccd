/**
 * `npm run bench -- NAME [--json] [--devices N] [--seconds N] [--database postgres]`: runs one bench. With `--json` the last line of
 * stdout is its result as one object, otherwise a table is; progress goes to stderr.
 */
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createOutput, exitCodes } from "@rollcall/host";
import { agent } from "./agent.ts";
import { type Bench, databases, type Result, resultOf, type Surroundings } from "./bench.ts";
import { checkIns } from "./check-ins.ts";
import { delta } from "./delta.ts";
import { growth } from "./growth.ts";
import { hostile } from "./hostile.ts";
import { inventories } from "./inventories.ts";
import { mixed } from "./mixed.ts";
import { sets } from "./sets.ts";
import { storage } from "./storage.ts";

const benches: readonly Bench[] = [
  checkIns,
  agent,
  delta,
  growth,
  hostile,
  inventories,
  mixed,
  sets,
  storage,
];

/** Benches of the contract that are not there yet. */
const later = ["search"];

const usage =
  "Usage: npm run bench -- NAME [--json] [--devices N] [--seconds N] [--database sqlite|postgres]";

const output = createOutput({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  json: process.argv.includes("--json"),
  quiet: false,
});

/** Wrong usage, or a bench that is not there yet: what to say is the message. */
class Refused extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

function list(): string {
  const width = Math.max(...benches.map(({ name }) => name.length));
  const there = benches.map(({ name, measures }) => `  ${name.padEnd(width)}  ${measures}`);
  return [usage, "Benches:", ...there, `Not yet: ${later.join(", ")}`].join("\n");
}

interface Asked extends Pick<Surroundings, "devices" | "seconds" | "database"> {
  readonly bench: Bench;
}

/** Undefined when help was asked for. */
function readArguments(): Asked | undefined {
  const { values, positionals } = parsed();
  if (values.help) return undefined;
  const [name, ...rest] = positionals;
  if (name === undefined) throw new Refused(exitCodes.usage, list());
  if (later.includes(name)) throw new Refused(exitCodes.failed, `bench ${name}: not yet\n${list()}`);
  const bench = benches.find((each) => each.name === name);
  if (!bench || rest.length > 0) {
    throw new Refused(exitCodes.usage, `there is no bench ${positionals.join(" ")}\n${list()}`);
  }
  const database = databases.find((each) => each === (values.database ?? databases[0]));
  if (database === undefined || (database === "postgres" && bench.overPostgres !== true)) {
    throw new Refused(exitCodes.usage, `bench ${name} does not run over ${values.database}\n${usage}`);
  }
  return {
    bench,
    database,
    devices: readNumber("devices", /^[1-9]\d{0,6}$/, values.devices) ?? bench.defaults.devices,
    seconds:
      readNumber("seconds", /^(?!0+(\.0+)?$)\d{1,4}(\.\d+)?$/, values.seconds) ?? bench.defaults.seconds,
  };
}

function parsed() {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { json: flag, help: flag, devices: text, seconds: text, database: text };
  try {
    return parseArgs({ options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Refused(exitCodes.usage, `${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function readNumber(name: string, pattern: RegExp, typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (!pattern.test(typed))
    throw new Refused(exitCodes.usage, `--${name} takes a number, not ${typed}\n${usage}`);
  return Number(typed);
}

/** A folder on a disk where there is one: /tmp is memory on many systems, and writing to that costs nothing. */
function newDirectory(): string {
  const place = process.env.TMPDIR ?? (process.platform === "linux" ? "/var/tmp" : tmpdir());
  const directory = mkdtempSync(join(place, "rollcall-bench-"));
  const tmpfs = 0x0102_1994;
  if (statfsSync(directory).type === tmpfs) {
    output.note(`${directory} is in memory, so what is said of writing means little; set TMPDIR to a disk`);
  }
  return directory;
}

function tell({ bench, samples, figures, ...main }: Result): void {
  const rows = Object.entries({ [bench]: main, ...figures });
  const shown = (value: number | null) =>
    value === null ? null : value.toLocaleString("en", { maximumSignificantDigits: 4 });
  output.table(rows, [
    { title: "FIGURE", value: ([name]) => name },
    { title: "OURS", value: ([, { ours }]) => shown(ours), align: "right" },
    { title: "BASELINE", value: ([, { baseline }]) => shown(baseline.value), align: "right" },
    { title: "RATIO", value: ([, { ratio }]) => shown(ratio), align: "right" },
    { title: "UNIT", value: ([, { unit }]) => unit },
    { title: "BETTER", value: ([, { better }]) => better },
    { title: "AGAINST", value: ([, { baseline }]) => baseline.name },
  ]);
  output.line(`Medians of ${samples} samples of each side, taken in turns after one that was not counted.`);
}

const steps: (() => Promise<void> | void)[] = [];

/** Undoes what was begun, the last first; every step is tried. */
async function end(): Promise<void> {
  for (const step of steps.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      output.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

let interrupted = false;
for (const [signal, exitCode] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    void end().then(() => process.exit(exitCode));
  });
}

async function run({ bench, ...asked }: Asked): Promise<Result> {
  const directory = newDirectory();
  steps.push(() => rmSync(directory, { recursive: true, force: true }));
  const { note } = output;
  const measured = await bench.run({ ...asked, directory, note, atEnd: (step) => steps.push(step) });
  return resultOf(bench, measured);
}

try {
  const asked = readArguments();
  if (asked === undefined) for (const line of list().split("\n")) output.line(line);
  else {
    const result = await run(asked);
    tell(result);
    output.json(result);
  }
} catch (error) {
  // Whatever fails once everything is being ended fails for that reason.
  if (!interrupted) {
    const message = error instanceof Error ? error.message : String(error);
    for (const line of message.split("\n")) output.error(line);
    process.exitCode = error instanceof Refused ? error.exitCode : exitCodes.failed;
  }
}
if (!interrupted) await end();
