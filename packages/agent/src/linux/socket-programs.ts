/** Which programs have which sockets open, from the open files of processes (proc_pid_fd(5)); never their arguments. */
import { basename } from "node:path/posix";
import type { Look } from "../collecting/collector.ts";

/** Of each process only these are looked at. */
export const processReads: readonly string[] = ["/proc/*/fd", "/proc/*/comm", "/proc/*/exe"];

/** A process opens what it listens on early, so that most are found without going through all its files. */
const firstFiles = 32;
const mostProcesses = 8_192;
const mostFiles = 32_768;

export interface SocketPrograms {
  /** Names of the programs by the socket's inode. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Whether every process could be looked at. */
  readonly isComplete: boolean;
}

export function readSocketPrograms(look: Look, inodes: ReadonlySet<string>): SocketPrograms {
  if (inodes.size === 0) return { names: new Map(), isComplete: true };
  const { processes, isComplete } = openProcesses(look);
  const names = new Map<string, string[]>();
  for (const [inode, holders] of holdersOf(look, processes, inodes)) {
    // The first process holds sockets in store for services that it starts when they are asked for.
    const services = holders.size > 1 ? [...holders].filter(({ pid }) => pid !== "1") : [...holders];
    const found = services.flatMap(({ pid, exe }) => programName(look.text(`/proc/${pid}/comm`), exe) ?? []);
    names.set(inode, [...new Set(found)].sort());
  }
  return { names, isComplete };
}

interface Process {
  readonly pid: string;
  /** Where its program lies. */
  readonly exe: string;
  /** Numbers of its open files. */
  readonly files: readonly string[];
}

/** The processes that may be looked at; the kernel's own have no files. */
function openProcesses(look: Look): { readonly processes: readonly Process[]; readonly isComplete: boolean } {
  const pids = look.names("/proc").filter((name) => /^\d{1,10}$/.test(name));
  const own = look.live ? look.stat("/proc/self/fd")?.owner : undefined;
  let isComplete = pids.length <= mostProcesses && (own ?? 0) === 0;
  const processes = pids.slice(0, mostProcesses).flatMap((pid) => {
    const files = look.names(`/proc/${pid}/fd`);
    if (files.length === 0) return [];
    const exe = look.link(`/proc/${pid}/exe`);
    isComplete &&= exe !== undefined;
    return exe === undefined ? [] : [{ pid, exe, files }];
  });
  return { processes, isComplete };
}

/** Processes by the inode of a socket that they have open. */
function holdersOf(
  look: Look,
  processes: readonly Process[],
  inodes: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<Process>> {
  const holders = new Map<string, Set<Process>>();
  const all = processes.flatMap((process) => process.files.map((file) => ({ process, file })));
  const isEarly = ({ file }: { readonly file: string }) => Number(file) < firstFiles;
  const lookAt = ({ process, file }: (typeof all)[number]) => {
    const target = look.link(`/proc/${process.pid}/fd/${file}`) ?? "";
    const inode = /^socket:\[(\d{1,20})\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode))
      holders.set(inode, (holders.get(inode) ?? new Set()).add(process));
  };
  for (const each of all.filter(isEarly).slice(0, mostFiles)) lookAt(each);
  for (const each of all.filter((file) => !isEarly(file)).slice(0, mostFiles))
    if (holders.size < inodes.size) lookAt(each);
  return holders;
}

/**
 * A script's own name is the process's, not the file's that runs it. The process's name is cut after 15 characters,
 * and some write there what they are doing, or what all of their kind are called.
 */
export function programName(comm = "", exe = ""): string | undefined {
  const file = basename(exe.replace(/ \(deleted\)$/, ""));
  const name = comm.trim();
  const isName = /^[\w.+-]+$/.test(name) && !saysNothing.has(name);
  return isName && !(file.startsWith(name) && file !== "") ? name : file || undefined;
}

/** Node's and Python's name for a thread that has no other. */
const saysNothing: ReadonlySet<string> = new Set(["MainThread", "node-MainThread"]);
