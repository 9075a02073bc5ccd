// `npm test [-- PATH…] [--long]`: everything that is checked about this repository, or the tests of the paths alone;
// with `--long`, tests that repeat what chance decides do so in full, which takes hours.
// Ends with `N passed, N failed` on a line of its own, and with 1 when something failed or nothing ran.
import path from "node:path";
import { ProcessGroups } from "./testing/process-groups.ts";
import {
  describeCheck,
  describeFailure,
  describeFile,
  describeSkip,
  name,
  totals,
} from "./testing/report.ts";
import { runStaticChecks } from "./testing/static-checks.ts";
import { type Failure, readTap, type Skip } from "./testing/tap-results.ts";
import { testFiles } from "./testing/test-files.ts";

const root = path.dirname(import.meta.dirname);
const processes = new ProcessGroups(root);

const failed: string[] = [];
const skips: Skip[] = [];
let passed = 0;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(failure: Failure): void {
  failed.push(name(failure.path));
  print(describeFailure(failure));
}

async function checkSources(): Promise<void> {
  await runStaticChecks(root, processes, (result) => {
    print(describeCheck(result));
    if (result.passed) passed += 1;
    else failed.push(result.name);
  });
}

async function runTests(files: readonly string[]): Promise<void> {
  let ran = 0;
  const reader = readTap((result) => {
    print(describeFile(result));
    ran += result.passed + result.failures.length;
    passed += result.passed;
    skips.push(...result.skips);
    failed.push(...result.failures.map((failure) => name(failure.path)));
  });
  const failedBefore = failed.length;
  const tap = "node_modules/tap/dist/esm/run.mjs";
  const longTime = isLong ? ["--timeout=7200"] : [];
  const { code } =
    files.length === 0 ? { code: 0 } : await processes.run([tap, ...longTime, ...files], reader.write);
  reader.end(files).forEach(fail);
  if (code !== 0 && failed.length === failedBefore) {
    fail({ path: [], points: [{ name: `tap ended with ${code ?? "a signal"}`, diagnostics: undefined }] });
  }
  if (ran === 0) fail({ path: [], points: [{ name: "no test was run", diagnostics: undefined }] });
}

function printSummary(): void {
  print("");
  for (const each of failed) print(`failed: ${each}`);
  for (const skip of skips) print(describeSkip(skip));
  print(totals({ passed, failed: failed.length, skipped: skips.length }));
}

const interruptions = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
for (const [signal, exitCode] of Object.entries(interruptions)) {
  process.on(signal, () => {
    processes.endAll("SIGKILL");
    process.exit(exitCode);
  });
}

const typed = process.argv.slice(2);
const paths = typed.filter((each) => each !== "--long");
const isLong = paths.length < typed.length;
if (isLong) process.env.ROLLCALL_TEST_LONG = "1";
try {
  const files = testFiles(root, paths);
  if (paths.length === 0) await checkSources();
  await runTests(files);
} catch (error) {
  fail({
    path: [],
    points: [{ name: error instanceof Error ? error.message : String(error), diagnostics: undefined }],
  });
}
printSummary();
process.exitCode = failed.length > 0 ? 1 : 0;
