/** What Linux tells of a running process from outside (proc(5)). Elsewhere, and once it has ended: undefined. */
import { readdirSync, readFileSync } from "node:fs";

function procFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

function number(text: string | undefined, pattern: RegExp): number | undefined {
  const found = pattern.exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

/** USER_HZ: what the kernel counts in for programs, whatever it was built with, on all platforms that Node runs on. */
const ticksPerSecond = 100;

/** Processor time of the process so far, its threads included, its children not. */
export function cpuSecondsOf(pid: number): number | undefined {
  const stat = procFile(pid, "stat");
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything; after it come state (3rd), … utime (14th) and stime (15th).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const kibibyte = 1024;

export function residentBytesOf(pid: number): number | undefined {
  const kibibytes = number(procFile(pid, "status"), /^VmRSS:\s+(\d+) kB$/m);
  return kibibytes === undefined ? undefined : kibibytes * kibibyte;
}

/** The same of the process and all that descend from it together; memory that they share counts in each. */
export const residentBytesOfTree = (pid: number) => ofTree(pid, residentBytesOf);

/** What is told of a process, and of all that run and descend from it, together. */
function ofTree(pid: number, told: (pid: number) => number | undefined): number | undefined {
  const own = told(pid);
  if (own === undefined) return undefined;
  return childrenOf(pid).reduce((sum, child) => sum + (ofTree(child, told) ?? 0), own);
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): readonly number[] {
  return threadsOf(pid).flatMap((thread) =>
    (procFile(pid, `task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Bytes that the process caused to be written to storage so far, in whole pages; none for files in memory. */
export function writtenBytesOf(pid: number): number | undefined {
  return number(procFile(pid, "io"), /^write_bytes: (\d+)$/m);
}

/** What processes have cost, with all that run and descend from them. */
export interface ProcessCost {
  readonly cpuSeconds: number | undefined;
  readonly writtenBytes: number | undefined;
}

export const costSoFar = (pids: readonly number[]): ProcessCost => ({
  cpuSeconds: summed(pids, cpuSecondsOf),
  writtenBytes: summed(pids, writtenBytesOf),
});

export function costSince(before: ProcessCost, pids: readonly number[]): ProcessCost {
  const now = costSoFar(pids);
  const since = (name: keyof ProcessCost) => {
    const [then, later] = [before[name], now[name]];
    return then === undefined || later === undefined ? undefined : later - then;
  };
  return { cpuSeconds: since("cpuSeconds"), writtenBytes: since("writtenBytes") };
}

function summed(pids: readonly number[], told: (pid: number) => number | undefined): number | undefined {
  const each = pids.map((pid) => ofTree(pid, told)).filter((value) => value !== undefined);
  return each.length < pids.length ? undefined : each.reduce((sum, value) => sum + value, 0);
}
