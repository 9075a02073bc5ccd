// What is checked about the sources without running them. Each check is one passed or failed of `npm test`.
import { existsSync } from "node:fs";
import path from "node:path";
import type { ProcessGroups } from "./process-groups.ts";

interface StaticCheck {
  readonly name: string;
  /** A script, by path in the repository (the links in node_modules/.bin are none on Windows), and its arguments. */
  readonly command: readonly string[];
}

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** Whatever the check printed. */
  readonly output: string;
  readonly milliseconds: number;
}

function staticChecks(root: string): readonly StaticCheck[] {
  const sources = ["packages", "scripts", "test"].filter((folder) => existsSync(path.join(root, folder)));
  return [
    { name: "generated files are up to date", command: ["scripts/generate.ts", "--check"] },
    { name: "types", command: ["node_modules/typescript/bin/tsc"] },
    {
      name: "style",
      command: ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "--error-on-warnings"],
    },
    {
      name: "nothing unused",
      command: ["node_modules/knip/bin/knip.js", "--no-progress", "--no-config-hints"],
    },
    {
      name: "dependencies between packages",
      command: ["node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", ...cruise, ...sources],
    },
  ];
}

const cruise = ["--config", ".dependency-cruiser.mjs"];

/** Two at a time, each taking one of two cores, in the order of the list. */
const atATime = 2;

/** @param onResult called with each check as it ends */
export async function runStaticChecks(
  root: string,
  processes: ProcessGroups,
  onResult: (result: CheckResult) => void,
): Promise<void> {
  const queue = staticChecks(root).values();
  const worker = async () => {
    for (const check of queue) onResult(await runCheck(processes, check));
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

async function runCheck(processes: ProcessGroups, check: StaticCheck): Promise<CheckResult> {
  const began = performance.now();
  let output = "";
  const collect = (text: string) => {
    output += text;
  };
  const { code } = await processes.run(check.command, collect, collect);
  return { name: check.name, passed: code === 0, output, milliseconds: performance.now() - began };
}
