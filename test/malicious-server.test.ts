// A server that means harm, and a real agent process: whatever its answers say, the agent opens no file, runs no program
// and changes no grant that it would not have with an honest one. What it opens and runs is counted with strace.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { FakeServer, type Reply } from "../packages/agent/src/testing/fake-server.ts";
import { begin, ended, root } from "./processes.ts";

const agentProgram = join(root, "packages/agent/bin/rollcall-agent.mjs");
const tracer = "strace";
const withoutStrace = spawnSync(tracer, ["-V"]).error ? "strace is not installed" : false;

async function enrolled(t: Test) {
  const server = await FakeServer.start();
  t.teardown(() => server.stop());
  const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const state = join(folder, "state");
  const run = (...args: string[]) => ended(begin("rollcall-agent", [...args, "--state", state]));
  t.match(await run("enrol", server.enrolmentString()), { code: 0 });
  t.match(await run("check-in"), { code: 0 });
  return { server, folder, state, run, trace: () => trace(folder, state) };
}

/** Read now and then by the C library (malloc) and the engine (its clock), whatever the answer. */
const runtimes = /^\/proc\/sys\/vm\/overcommit_memory$|\/tsc_freq_khz$/;

/** Paths that a check-in opens and programs that it runs, without what has another name each time. */
async function trace(folder: string, state: string) {
  const log = join(folder, "trace");
  const watched = ["-f", "-qq", "-e", "trace=openat,open,execve", "-o", log];
  const child = spawn(tracer, [
    ...watched,
    process.execPath,
    agentProgram,
    "check-in",
    "--json",
    "--state",
    state,
  ]);
  const { stdout, stderr } = await ended(child);
  const opened = new Set<string>();
  const ran = new Set<string>();
  for (const [, call, path = ""] of readFileSync(log, "utf8").matchAll(
    / (open|openat|execve)\((?:AT_FDCWD, )?"([^"]*)"/g,
  )) {
    if (runtimes.test(path) || path.startsWith(state) || path.startsWith(tmpdir()) || path.includes("/.tap/"))
      continue;
    (call === "execve" ? ran : opened).add(path.replaceAll(/\d+/g, "N"));
  }
  return { opened, ran, stdout, stderr };
}

/** Control and bidirectional characters but for the ends of lines. */
const unprintable = /[^\P{Cc}\n]|\p{Bidi_Control}/u;
const escapes = "\u001b]0;owned\u0007\u001b[31m\u202egpj.exe\u2066";

/** Answers to a check-in that ask for what no answer may ask for. */
const wishes: Readonly<Record<string, Record<string, unknown>>> = {
  "an interval of a second": { intervalSeconds: 1, wants: [] },
  "an interval of no length": { intervalSeconds: Number.MIN_VALUE, wants: ["*"] },
  "sections that are not granted": { intervalSeconds: 3_607, wants: ["software.deb", "network", "people"] },
  "paths instead of sections": { intervalSeconds: 3_607, wants: ["/etc/shadow", "../../etc/passwd", "*"] },
  "members that there are not": {
    intervalSeconds: 3_607,
    wants: ["*"],
    grants: [
      { category: "software", purposes: ["inventory"], basis: "consent", by: "root", interactive: true },
    ],
    location: "precise",
    resolver: "http://127.0.0.1:1/",
    actions: [{ type: "run", command: ["/bin/touch", "/tmp/owned"] }],
    update: { url: "http://127.0.0.1:1/agent.js" },
    notices: [escapes],
  },
};

t.test(
  "opens nothing and runs nothing for an answer that asks for it",
  { skip: withoutStrace },
  async (t) => {
    const { server, state, trace } = await enrolled(t);
    const consent = readFileSync(join(state, "consent.json"), "utf8");
    const honest = await trace();
    t.ok(honest.opened.size > 20, "the trace shows what an honest check-in opens");
    for (const [name, body] of Object.entries(wishes)) {
      server.before.set("POST /v1/check-ins", (received, response): Reply => {
        const reply = server.own(received, response);
        return reply.status === 200 ? { ...reply, body } : reply;
      });
      const { opened, ran, stdout, stderr } = await trace();
      server.before.clear();
      t.same(
        [...opened].filter((path) => !honest.opened.has(path)),
        [],
        `files for ${name}`,
      );
      t.same(
        [...ran].filter((path) => !honest.ran.has(path)),
        [],
        `programs for ${name}`,
      );
      t.equal(readFileSync(join(state, "consent.json"), "utf8"), consent, `grants after ${name}`);
      t.notMatch(stdout + stderr, unprintable, `terminal after ${name}`);
    }
  },
);

t.test("tells what a hostile server says without control and bidirectional characters", async (t) => {
  const { server, run } = await enrolled(t);
  const answers: readonly (readonly [string, Reply])[] = [
    [
      "POST /v1/check-ins",
      { status: 403, body: { code: escapes, title: escapes, detail: escapes, status: 403 } },
    ],
    ["POST /v1/check-ins", { status: 400, body: { code: "invalid-request", detail: escapes, status: 400 } }],
    ["POST /v1/check-ins", { status: 200, body: escapes }],
    ["POST /v1/check-ins", { status: 302, body: {}, headers: { location: "http://127.0.0.1:1/" } }],
  ];
  for (const [route, reply] of answers) {
    server.answerNext(route, () => reply);
    const { stdout, stderr, code } = await run("check-in");
    t.not(code, 0);
    t.notMatch(stdout + stderr, unprintable);
  }
  t.match(await run("check-in"), { code: 0 });
});
