/**
 * One command at a time writes the state. The lock is a file that names its holder; when that process is gone,
 * the next one takes it over.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeLeftovers } from "@rollcall/host";
import { AgentError } from "../agent-error.ts";
import type { Milliseconds } from "../schedule.ts";
import type { StateDirectory } from "./directory.ts";
import { lookingFor } from "./looking-mark.ts";
import { finishSuccession } from "./succession.ts";

/** A process, told from another that has its number later by when it started (proc(5): field 22, clock ticks). */
interface Holder {
  readonly pid: number;
  readonly started: string | null;
}

export interface LockOptions {
  readonly patience?: Milliseconds;
  readonly signal?: AbortSignal;
}

const usualPatience: Milliseconds = 10_000;
const pause: Milliseconds = 50;

/** Does the work while holding the lock. Throws `state-locked` naming the holder when it does not come free in time. */
export async function withLock<T>(
  directory: StateDirectory,
  work: () => T | Promise<T>,
  { patience = usualPatience, signal }: LockOptions = {},
): Promise<T> {
  directory.demandOwn();
  const lock = join(directory.path, "lock");
  const giveUpAt = performance.now() + patience;
  while (!tryLock(lock)) {
    const holder = readHolder(lock);
    if (holder && (!isAlive(holder) || endedIfStuck(directory, holder))) takeAway(lock);
    else if (performance.now() < giveUpAt) await sleep(pause, undefined, signal ? { signal } : {});
    else throw locked(directory, holder);
  }
  try {
    removeLeftovers(directory.path);
    finishSuccession(directory);
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Longer than all collectors together may take: who still looks at the machine waits for what never answers. */
const longestLook: Milliseconds = 15 * 60_000;

/** Ends a holder that does not come back from looking at the machine; whether it is gone now. */
function endedIfStuck({ path }: StateDirectory, holder: Holder): boolean {
  if (lookingFor(path, holder.pid) < longestLook) return false;
  try {
    process.kill(holder.pid, "SIGKILL");
  } catch {
    // Another account's, or gone by itself.
  }
  return !isAlive(holder);
}

function locked({ path }: StateDirectory, holder: Holder | null): AgentError {
  const who = holder ? `process ${holder.pid}` : "another process";
  return new AgentError("state-locked", `${path} is in use by ${who}; try again when it is done`);
}

/** Makes the lock with its content in one step: a link to a file that is complete. */
function tryLock(lock: string): boolean {
  const own = `${lock}.${process.pid}`;
  const holder: Holder = { pid: process.pid, started: startOf(process.pid) };
  writeFileSync(own, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Removes the lock of a dead process. Two that find it dead at once must not remove each other's new lock, so the
 * removal has a lock of its own, and the holder is looked at again under it.
 */
function takeAway(lock: string): void {
  const removal = `${lock}.removal`;
  if (!tryLock(removal)) {
    const remover = readHolder(removal);
    if (remover && !isAlive(remover)) rmSync(removal, { force: true });
    return;
  }
  try {
    const holder = readHolder(lock);
    if (holder && !isAlive(holder)) rmSync(lock, { force: true });
  } finally {
    rmSync(removal, { force: true });
  }
}

/** Who holds the lock; null when nobody does any more. What is no lock of ours is held by no living process. */
function readHolder(lock: string): Holder | null {
  let text: string;
  try {
    text = readFileSync(lock, "utf8");
  } catch {
    return null;
  }
  const nobody: Holder = { pid: 0, started: null };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return nobody;
    const [pid, started]: unknown[] = [Reflect.get(value, "pid"), Reflect.get(value, "started")];
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return nobody;
    return { pid, started: typeof started === "string" ? started : null };
  } catch {
    return nobody;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid < 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const now = startOf(pid);
  return started === null || now === null || started === now;
}

/** When a process started, in the kernel's ticks since the machine did; null where no file tells. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the name in brackets, which may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
