/**
 * Keeps what Node makes of the program, which halves the time of a start. Node runs whatever lies in that folder, so
 * it is one that nobody else can write to: below the state directory, and only where that belongs to this account.
 */
import { existsSync, lstatSync, mkdirSync, realpathSync, type Stats } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { dirname, join } from "node:path";

const name = "compiled";

/** Does nothing where a cache is in use already, where there is no state yet, and where it would not be safe. */
export function keepCompiled(stateDirectory: string): void {
  try {
    if (getCompileCacheDir() !== undefined || !existsSync(stateDirectory)) return;
    const state = realpathSync(stateDirectory);
    const own = process.geteuid?.();
    if (own === undefined || !isSafe(state, own)) return;
    const folder = join(state, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwn(lstatSync(folder), own)) enableCompileCache(folder);
  } catch {
    // A start takes longer then, and nothing else.
  }
}

/** What `--state` names, as far as that can be told before the command line is understood. */
export function typedState(argv: readonly string[]): string | undefined {
  const at = argv.findLastIndex((arg) => arg === "--state" || arg.startsWith("--state="));
  return argv[at] === "--state" ? argv[at + 1] : argv[at]?.slice("--state=".length);
}

/** Whether it is this account's, and nobody but this account and the system's can put another in its place. */
function isSafe(folder: string, own: number): boolean {
  return isOwn(lstatSync(folder), own) && aboveOf(folder).every((above) => isKept(lstatSync(above), own));
}

const isOwn = (facts: Stats, own: number): boolean =>
  facts.isDirectory() && facts.uid === own && (facts.mode & 0o022) === 0;

/** In a sticky folder, as the one for temporary files is, others cannot move what is not theirs. */
const isKept = ({ uid, mode }: Stats, own: number): boolean =>
  (uid === own || uid === 0) && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0);

function aboveOf(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...aboveOf(above)];
}
