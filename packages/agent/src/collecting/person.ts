/** Being the person whose home is looked at: what that person may not read, this process may not. */
import type { Home } from "./homes.ts";

/** For this process, until its end. Says why, where the system does not allow it; then nothing may be looked at. */
export function becomePerson({ uid, gid }: Pick<Home, "uid" | "gid">): string | null {
  try {
    // Where the agent was started from may be on another machine.
    process.chdir("/");
    if (process.getuid?.() !== uid) change(uid, gid);
    return process.getuid?.() === uid && process.geteuid?.() === uid ? null : "is not its person";
  } catch (error) {
    return `cannot be its person: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The groups first: afterwards nothing can be changed any more. */
function change(uid: number, gid: number): void {
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
