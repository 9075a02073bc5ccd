/** Entry of `rollcall`: what it needs of the process, handed to the command, and the exit code back. */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { z } from "zod";
import { runRollcall } from "./run.ts";

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")));

// What a server writes is for its own account alone.
process.umask(0o077);

function account(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the system's list, as in containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Until a command asks for it, these signals end the process as they always do. */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
}

process.exitCode = await runRollcall(process.argv.slice(2), {
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  workingDirectory: process.cwd(),
  account: account(),
  now: Date.now,
  asked,
});
