/**
 * Keeps what Node makes of the program, which halves the time of a start. Node runs whatever lies in that folder, so
 * it is one that nobody else can write to or replace: below the state directory, and only where that is safe.
 */
import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";
import { whyNotOwn } from "@rollcall/host";

const name = "compiled";

/** What `--state` names, as far as that can be told before the command line is understood. */
export function typedState(argv: readonly string[]): string | undefined {
  const at = argv.findLastIndex((arg) => arg === "--state" || arg.startsWith("--state="));
  return argv[at] === "--state" ? argv[at + 1] : argv[at]?.slice("--state=".length);
}

/** Does nothing where a cache is in use already, where there is no state yet, and where it would not be safe. */
export function keepCompiled(stateDirectory: string): void {
  if (getCompileCacheDir() !== undefined || !existsSync(stateDirectory)) return;
  try {
    const state = realpathSync(stateDirectory);
    if (!isOwnAlone(state)) return;
    const folder = join(state, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwnAlone(folder)) enableCompileCache(folder);
  } catch {
    // A start takes longer then, and nothing else.
  }
}

function isOwnAlone(folder: string): boolean {
  const account = process.getuid?.();
  if (account === undefined || whyNotOwn(folder) !== null) return false;
  // The owner of a folder above, too, can put another one in its place.
  return foldersAbove(folder).every((above) => [0, account].includes(statSync(above).uid));
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above)];
}
