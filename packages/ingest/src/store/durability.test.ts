/**
 * No 2xx before the disk has it. That a killed process loses nothing would not show it, for the kernel keeps what was
 * written; so the system calls of a real server are read: between a request and its answer stands an fsync of the
 * write-ahead log.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { machine } from "../testing/machine.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { ServerProcess } from "../testing/server-process.ts";

/** One system call of the trace, at its end; `-y` writes what a descriptor is behind it. */
interface Call {
  readonly name: string;
  /** The descriptor's number and what it is. */
  readonly on: string;
  readonly text: string;
}

/** The calls of one process in the order in which they ended. Calls of other threads may stand between both halves. */
function readTrace(trace: string): Call[] {
  const begun = new Map<string, string>();
  return trace.split("\n").flatMap((line) => {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      begun.set(thread, rest.replace(/ *<unfinished \.\.\.>$/, ""));
      return [];
    }
    const whole = rest.replace(/^<\.\.\. \w+ resumed>/, () => begun.get(thread) ?? "");
    const [, name, on, text] = /^(\w+)\((\d+<[^>]*(?:->[^>]*)?>)(.*)$/s.exec(whole) ?? [];
    return name !== undefined && on !== undefined ? [{ name, on, text: text ?? "" }] : [];
  });
}

const isSync = ({ name, on, text }: Call) =>
  /^f(data)?sync$/.test(name) && on.includes("rollcall.db-wal") && text.endsWith("= 0");

/** How each acknowledged request of these addresses was answered: after a sync of the log, or without. */
function acknowledgements(calls: readonly Call[]): boolean[] {
  const synced = new Map<string, boolean>();
  const acknowledged: boolean[] = [];
  for (const call of calls) {
    if (isSync(call)) for (const on of synced.keys()) synced.set(on, true);
    if (call.name === "read" && /"(POST|PUT) \/v1\//.test(call.text)) synced.set(call.on, false);
    if (!/^(write|writev|sendto|sendmsg)$/.test(call.name) || !/"HTTP\/1\.1 20[01]/.test(call.text)) continue;
    const before = synced.get(call.on);
    if (before !== undefined) acknowledged.push(before);
    synced.delete(call.on);
  }
  return acknowledged;
}

const tracer = "strace";

function reasonToSkip(): string | false {
  const { status, error } = spawnSync(tracer, ["-f", "-e", "trace=none", "true"], { timeout: 10_000 });
  if (error) return `${tracer} is not installed`;
  return status === 0 ? false : "processes cannot be traced here";
}

const traced = ["read", "write", "writev", "sendto", "sendmsg", "fsync", "fdatasync"];

t.test("syncs the log between every request and its 2xx", { skip: reasonToSkip() }, async (t) => {
  const directory = t.testdir({ data: {} });
  const trace = join(directory, "trace");
  const under = [tracer, "-f", "-y", "-s", "64", "-e", `trace=${traced.join(",")}`, "-o", trace];
  const server = await ServerProcess.start(join(directory, "data"), under);
  t.teardown(() => server.end("SIGKILL"));
  const devices = [await server.device(), await server.device()];
  let asked = devices.length;
  for (const device of devices) {
    for (let time = 0; time < 5; time++, asked++) t.equal(outcomeOf(await device.checkIn()), "200");
    await device.sent(machine());
    t.equal(outcomeOf(await device.putConsent(device.grants.slice(1))), "200");
    asked += 2;
  }
  for (const device of devices) device.consentNumber = 2;
  for (let time = 0; time < 5; time++, asked += devices.length) {
    // At the same time, so that they may share a commit.
    const replies = await Promise.all(devices.map((device) => device.checkIn()));
    t.same(replies.map(outcomeOf), ["200", "200"]);
  }
  await server.end("SIGTERM");
  const answered = acknowledgements(readTrace(readFileSync(trace, "utf8")));
  t.same(
    answered,
    Array.from({ length: asked }, () => true),
  );
});
