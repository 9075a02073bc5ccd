/**
 * What a process and its children ask the system about the machine, as strace records it: every path that they open,
 * look at or run, every address that they connect to. What programs do that are not Node stands as the program alone.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { type Ended, ended } from "./processes.ts";

const tracer = "strace";

/** Why nothing can be traced here; false where it can. */
export function reasonNotToTrace(): string | false {
  const { status, error } = spawnSync(tracer, ["-f", "-e", "trace=none", "true"], { timeout: 10_000 });
  if (error) return `${tracer} is not installed`;
  return status === 0 ? false : "processes cannot be traced here";
}

/** One question to the system. */
export interface Touch {
  /** The system call, with what it opens a file for. */
  readonly call: string;
  /** An absolute path; `netlink` and the like; an address as `127.0.0.1:2947` or `unix:/PATH`. */
  readonly target: string;
}

/** Besides all that take a path: what opens a way to the machine without one, and who begins whom. */
const watched = "%file,socket,connect,sendto,sendmsg,sendmmsg,io_uring_setup,clone,clone3,fork,vfork";

/** Runs a command line and tells what it touched, each once. */
export async function traced(
  [program, ...args]: readonly [string, ...string[]],
  log: string,
): Promise<Ended & { readonly touches: readonly Touch[] }> {
  const under = [
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-y",
    "-s",
    "4096",
    "-e",
    `trace=${watched}`,
    "-e",
    "signal=none",
    "-o",
    log,
  ];
  const child: ChildProcess = spawn(tracer, [...under, program, ...args], { env: { PATH: "/usr/bin:/bin" } });
  const end = await ended(child);
  return { ...end, touches: touchesIn(readFileSync(log, "utf8"), program) };
}

const line = /^(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)$/;

/** `program` is the one that is traced on, also where it starts itself; what others do is their own. */
function touchesIn(log: string, program: string): readonly Touch[] {
  const others = new Set<string>();
  const touches = new Map<string, Touch>();
  /** What a process is about to become; what others do meanwhile may stand before the end of its call. */
  const becoming = new Map<string, string>();
  for (const text of log.split("\n")) {
    const [, process = "", call = "", rest = ""] = line.exec(text) ?? [];
    const begun = /clone|fork/.test(call) ? / = (\d+)$/.exec(rest)?.[1] : undefined;
    if (begun !== undefined && others.has(process)) others.add(begun);
    if (others.has(process)) continue;
    const touch = touchOf(process, call, rest);
    if (touch) touches.set(`${touch.call} ${touch.target}`, touch);
    if (call !== "execve") continue;
    if (touch) becoming.set(process, touch.target);
    if (rest.endsWith(" = 0") && becoming.get(process) !== program) others.add(process);
  }
  return [...touches.values()];
}

function touchOf(process: string, call: string, rest: string): Touch | null {
  if (call === "connect") return addressIn("connect", rest);
  if (call.startsWith("send")) return addressIn("send", rest);
  if (call === "socket") return rest.startsWith("AF_NETLINK") ? { call, target: "netlink" } : null;
  if (call === "io_uring_setup") return { call, target: "io_uring" };
  const [, folder = "/", path] = /^(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"(.*)$/.exec(rest) ?? [];
  // Without a path it is what was opened before.
  if (path === undefined || path === "") return null;
  const opening = call.startsWith("open") ? ` ${/O_[A-Z_|]+/.exec(rest)?.[0]}` : "";
  const target = posix.resolve(folder, unescaped(path));
  return { call: call + opening, target: target.replace(`/proc/${process}/`, "/proc/self/") };
}

function addressIn(call: string, rest: string): Touch | null {
  const path = /sun_path=@?"((?:[^"\\]|\\.)*)"/.exec(rest)?.[1];
  if (path !== undefined) return { call, target: `unix:${unescaped(path)}` };
  const port = /sin6?_port=htons\((\d+)\)/.exec(rest)?.[1];
  const host = /inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"/.exec(rest);
  return port === undefined ? null : { call, target: `${host?.[1] ?? host?.[2]}:${port}` };
}

/** strace writes other bytes than printable ones in octal. */
function unescaped(text: string): string {
  const bytes = text.replaceAll(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code,
  );
  return Buffer.from(bytes, "latin1").toString("utf8");
}
