// Finds the test files that a run is about.
import { globSync, statSync } from "node:fs";
import path from "node:path";

/** As in .taprc, which is for those who call tap themselves. */
const everywhere = ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "test/**/*.test.ts"];

/**
 * @param paths files or folders, from `root`; none: every test there is
 * @returns files from `root`, in order, each once; throws on a path that is not there
 */
export function testFiles(root: string, paths: readonly string[]): string[] {
  const found = paths.length === 0 ? glob(root, everywhere) : paths.flatMap((each) => filesAt(root, each));
  return [...new Set(found)].sort();
}

function filesAt(root: string, given: string): string[] {
  const full = path.resolve(root, given);
  const relative = path.relative(root, full).replaceAll(path.sep, "/");
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`${given} is neither a test file nor a folder of tests`);
  return stat.isDirectory() ? glob(root, [path.posix.join(relative, "**/*.test.ts")]) : [relative];
}

function glob(root: string, patterns: readonly string[]): string[] {
  const exclude = (name: string) => name === "node_modules";
  return globSync(patterns, { cwd: root, exclude }).map((file) => file.replaceAll(path.sep, "/"));
}
