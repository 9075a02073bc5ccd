/** Runs another program and reads what it prints: for so long, so much, and not a process of it left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { platform } from "node:os";
import type { Printed, RunLimits } from "./collector.ts";

const usualMilliseconds = 5_000;
const usualBytes = 4 * 2 ** 20;

const isWindows = platform() === "win32";

/** Nothing of the agent's own: what is printed depends on the machine alone. Windows' programs need its folder. */
const windows = { SystemRoot: "C:\\Windows", PATH: "C:\\Windows\\System32" };
const unix = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** What it printed and ended with; undefined when there is no such program; in words why nothing came of it. */
export function printedBy(
  program: string,
  args: readonly string[],
  { milliseconds = usualMilliseconds, maxBytes = usualBytes }: RunLimits,
): Promise<Printed | string | undefined> {
  return new Promise((resolve) => {
    // A group of its own, so that whatever it begins can be ended with it; on Windows it would be a console instead.
    const child = spawn(program, args, {
      env: isWindows ? windows : unix,
      cwd: "/",
      stdio: ["ignore", "pipe", "ignore"],
      detached: !isWindows,
      windowsHide: true,
    });
    const parts: Buffer[] = [];
    let total = 0;
    const settle = (outcome: Printed | string | undefined): void => {
      clearTimeout(limit);
      resolve(outcome);
    };
    const end = (why: string): void => {
      endGroup(child);
      child.stdout.destroy();
      child.unref();
      settle(why);
    };
    const limit = setTimeout(() => end(`took over ${milliseconds} ms`), milliseconds);
    child.stdout.on("data", (part: Buffer) => {
      total += part.length;
      if (total > maxBytes) end(`printed more than ${maxBytes} bytes`);
      else parts.push(part);
    });
    child.on("error", (error) => settle(isMissing(error) ? undefined : error.message.slice(0, 200)));
    child.on("close", (code, signal) =>
      settle(code === null ? `ended by ${signal}` : { code, text: Buffer.concat(parts).toString("utf8") }),
    );
  });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && child.pid > 0) process.kill(-child.pid, "SIGKILL");
  } catch {
    // Windows has no groups, and one that has just ended is gone.
    child.kill("SIGKILL");
  }
}

const isMissing = (error: Error): boolean => "code" in error && error.code === "ENOENT";
