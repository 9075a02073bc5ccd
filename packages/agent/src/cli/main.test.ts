/** The program as people and scripts meet it: real processes, exit codes, JSON, and a server on a local socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { FakeServer, problem } from "../testing/fake-server.ts";

const program = join(import.meta.dirname, "../../bin/rollcall-agent.mjs");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], { env: { PATH: "", ...env } });
}

async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const [code] = await once(child, "close");
  return { code, ...said };
}

const run = (...args: string[]): Promise<Ended> => ended(start(args));

/** A server, and the program with a state directory for it. */
async function setUp(t: Test) {
  const server = await FakeServer.start();
  t.teardown(() => server.stop());
  const state = join(server.folder, "agent");
  const agent = (...args: string[]) => run(...args, "--state", state);
  const json = async (...args: string[]) => JSON.parse((await agent(...args, "--json")).stdout);
  return { server, state, agent, json };
}

t.test(
  "answers wrong usage with 2 and a hint, what is not there yet with 1, in one line that names the state",
  async (t) => {
    const state = join(t.testdir(), "state");
    const cases: readonly (readonly [number, RegExp, ...string[]])[] = [
      [2, /did you mean check-in/i, "chek-in"],
      [2, /--help/, "check-in", "--frobnicate"],
      [2, /no section cats; .*accounts, .*wifi/, "show", "cats"],
      [
        2,
        /no section nearby; there are nearby\.access-points, [^ ]+, [^ ]+, nearby\.neighbours \(/,
        "show",
        "nearby",
      ],
      [2, /no section people; there are accounts, logins \(/, "show", "people"],
      [2, /names no directory: \/no\/such/, "show", "--path-rootfs", "/no/such"],
      [2, /begins with rc1/, "enrol", "rc1.abc"],
      [2, /NUMBER/, "enrol", "rc1.abc", "--application", "A b"],
      [2, /cannot be used with/, "show", "--sent", "--diff"],
      [2, /cannot be used with/, "show", "--diff", "--all"],
      [3, /not enrolled/, "show", "--sent"],
      [3, /not enrolled/, "show", "--diff"],
      [1, /complain: not yet/, "my", "complain"],
      [1, /service: not yet/, "service", "install"],
      [1, /cannot be read/, "enrol", "@/no/such/file"],
      [3, /not enrolled/, "check-in"],
      [3, /not enrolled/, "run"],
      [3, /not enrolled/, "consent"],
      [3, /not enrolled/, "consent", "withdraw", "hardware"],
      [0, /^$/, "--version"],
      [0, /^$/, "consent", "--help"],
    ];
    const ends = await Promise.all(cases.map(([, , ...args]) => run(...args, "--state", state)));
    for (const [index, [code, words, ...args]] of cases.entries()) {
      const end = ends[index];
      t.match(end, { code, stderr: words }, args.join(" "));
      if (code === 0) continue;
      t.match(end?.stderr, /^rollcall-agent: [^\n]+\n$/, args.join(" "));
      t.ok(end?.stderr.includes(state), args.join(" "));
    }
  },
);

t.test("tells where it stands before enrolment, without making anything", async (t) => {
  const state = join(t.testdir(), "state");
  const { code, stdout } = await run("status", "--state", state, "--json");
  t.equal(code, 0);
  t.same(JSON.parse(stdout), {
    installationId: null,
    deviceId: null,
    enrolled: false,
    server: null,
    ownership: null,
    lastCheckIn: null,
    nextCheckIn: null,
    consent: null,
    pending: [],
    ended: null,
    bytesToday: 0,
    cpuSecondsToday: 0,
  });
  t.throws(() => statSync(state), { code: "ENOENT" });
});

t.test("enrols from standard input, checks in, and tells what it did", async (t) => {
  const { server, state, agent, json } = await setUp(t);
  const child = start(["enroll", "-", "--grant", "inventory,actions".slice(0, 9), "--state", state]);
  child.stdin?.end(`\n${server.enrolmentString()}\n`);
  const enrolled = await ended(child);
  t.match(enrolled, {
    code: 0,
    stdout: /Example \(privacy@example.org\) collects:[\s\S]*hardware[\s\S]*show/,
  });
  t.same(
    server.grants.map(({ category, interactive }) => [category, interactive]),
    ["essential", "hardware", "system", "software", "network"].map((name) => [name, false]),
  );
  t.match(await agent("enrol", server.enrolmentString()), { code: 0, stdout: /Already enrolled/ });

  const first = await json("check-in");
  t.same(Object.keys(first), ["outcome", "intervalSeconds", "sent", "refused", "bytesSent", "bytesReceived"]);
  t.match(first, { outcome: "sent", intervalSeconds: 3_607, refused: [] });
  t.ok(first.sent.includes("installation"));
  t.match(await json("check-in", "--if-due"), { outcome: "not-due", intervalSeconds: 3_607, sent: [] });

  const status = await json("status");
  t.match(status, { enrolled: true, installationId: server.installation, server: server.url, pending: [] });
  t.ok(Date.parse(status.nextCheckIn) > Date.parse(status.lastCheckIn));
  t.ok(status.bytesToday > 500 && status.cpuSecondsToday > 0);
  for (const name of readdirSync(state)) t.equal(statSync(join(state, name)).mode & 0o777, 0o600, name);
});

t.test("says of another server that this device has one already", async (t) => {
  const [one, other] = [await setUp(t), await FakeServer.start()];
  t.teardown(() => other.stop());
  await one.agent("enrol", one.server.enrolmentString());
  t.match(await one.agent("enrol", other.enrolmentString()), { code: 1, stderr: /another server already/ });
});

t.test("ends with 4 when the server is away, 5 when it refuses, and keeps everything", async (t) => {
  const { server, state, agent } = await setUp(t);
  await agent("enrol", server.enrolmentString());
  server.answerNext("POST /v1/check-ins", (_, response) => {
    response.destroy();
    return "handled";
  });
  const away = await agent("check-in", "--json");
  t.match(away, { code: 4, stderr: /not reached.*kept/ });
  t.match(JSON.parse(away.stdout), { outcome: "deferred", sent: [] });
  t.ok(away.stderr.includes(`(state: ${state})`), "the socket beside it, named alike, does not count");
  server.answerNext("POST /v1/check-ins", () => problem("counter-late"));
  t.match(await agent("check-in"), { code: 5, stderr: /counter-late/, stdout: "" });
  server.refusing = ["installation"];
  t.match(await agent("check-in"), { code: 5, stderr: /refused installation/ });
});

t.test("refuses a wrong token with 5, and lets the next attempt in", async (t) => {
  const { server, agent } = await setUp(t);
  server.answerNext("POST /v1/enrolments", () => problem("token-expired"));
  t.match(await agent("enrol", server.enrolmentString()), { code: 5, stderr: /token-expired/ });
  t.match(await agent("enrol", server.enrolmentString()), { code: 0 });
});

t.test("withdraws what rests on consent, and names the basis of what does not", async (t) => {
  const { server, agent, json } = await setUp(t);
  await agent("enrol", server.enrolmentString(), "--grant", "hardware,software");
  const refused = await agent("consent", "withdraw", "essential");
  t.match(refused, {
    code: 5,
    stderr: /contract[\s\S]*privacy@example.org[\s\S]*nothing could be withdrawn/,
  });
  const partly = await agent("consent", "withdraw", "all");
  t.match(partly, { code: 0, stderr: /essential/, stdout: /Withdrawn: hardware, software/ });
  t.match(await json("status"), { pending: ["consent"], consent: { categories: ["essential"] } });
  await agent("check-in");
  t.match(await json("consent"), { pending: false, consentNumber: 3, grants: [{ category: "essential" }] });
  t.same(server.consentNumber, 3);
});

t.test("withdraws nothing of what cannot be refused, whatever else is named and not granted", async (t) => {
  const { server, agent, json } = await setUp(t);
  server.ownership = "organisation";
  await agent("enrol", server.enrolmentString());
  const before = await json("consent");
  t.match(await agent("consent", "withdraw", "hardware,people"), {
    code: 5,
    stdout: "",
    stderr: /hardware: .*legitimate interest.*privacy@example.org\n.*nothing could be withdrawn/,
  });
  t.match(await agent("consent", "withdraw", "all"), { code: 5, stdout: "" });
  t.match(await agent("consent", "withdraw", "people"), { code: 0, stderr: "" });
  t.same(await json("consent"), before);
});

t.test("withdraws at once, however long a server takes to answer a check-in", async (t) => {
  const { server, state, agent, json } = await setUp(t);
  await agent("enrol", server.enrolmentString(), "--grant", "hardware");
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    server.answerNext("POST /v1/check-ins", (received, response) => {
      answer = () => {
        const { status, body } = server.own(received, response);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      };
      resolve();
      return "handled";
    });
  });
  const checkIn = ended(start(["check-in", "--state", state]));
  await asked;
  t.match(await agent("consent", "withdraw", "hardware"), { code: 0, stdout: /Withdrawn: hardware/ });
  t.match(await json("consent"), { pending: true, grants: [{ category: "essential" }] });
  t.match(await json("status"), { pending: ["consent"] });
  answer();
  t.match(await checkIn, { code: 0 });
  t.same(
    server.grants.map(({ category }) => category),
    ["essential"],
  );
  t.match(server.sections.memory, ["not-consented", null]);
  t.match(await json("consent"), { pending: false });
});

t.test("stays, checks in when due, and ends cleanly at any signal", async (t) => {
  const { server, state, agent } = await setUp(t);
  const enrolled = await agent("enrol", server.enrolmentString());
  t.match(enrolled, { code: 0 }, enrolled.stderr);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const child = start(["run", "--state", state]);
    const end = ended(child);
    const began = once(child.stderr ?? child, "data");
    await began;
    child.kill(signal);
    t.match(await end, { code: 0 });
  }
  server.answerNext("POST /v1/check-ins", () => {
    child.kill("SIGTERM");
    return "handled";
  });
  writeFileSync(join(state, "schedule.json"), "");
  await agent("status");
  writeFileSync(
    join(state, "schedule.json"),
    JSON.stringify({
      intervalSeconds: 600,
      phase: 0,
      plannedAt: 0,
      nextAt: 0,
      failures: 0,
      failingSince: null,
      lastCheckInAt: null,
      answeredCounter: 0,
    }),
  );
  const child = start(["run", "--state", state]);
  t.match(await ended(child), { code: 0 });
  t.match(await agent("check-in"), { code: 0 });
});

t.test("shows before enrolment what there would be, for the caller's eyes", async (t) => {
  const folder = t.testdir({ root: { proc: { meminfo: "MemTotal:        2048 kB\n" } } });
  const state = join(folder, "state");
  const args = ["--state", state, "--path-rootfs", join(folder, "root")];
  const { code, stdout } = await run("show", "memory", "installation", "--json", ...args);
  t.equal(code, 0);
  t.match(JSON.parse(stdout), {
    sections: {
      memory: {
        status: "ok",
        category: "hardware",
        document: { total: 2_097_152 },
        sentBy: ["organisation"],
      },
      installation: { category: "essential", sentBy: ["organisation", "personal"] },
    },
  });
  t.throws(() => statSync(state), { code: "ENOENT" });
  const human = await run("show", "memory", ...args);
  t.match(human, { code: 0, stdout: /Memory \(memory\) {2}ok[\s\S]*total +2.0 MiB/ });
  t.notMatch(human.stdout, "\u001b");
});

t.test("shows the readings, too, that are told beside a document", async (t) => {
  const root = t.testdir({
    proc: { uptime: "3725.50 7000.00\n", sys: { kernel: { osrelease: "6.1.0\n" } } },
  });
  const args = ["show", "operating-system", "--state", join(root, "none"), "--path-rootfs", root];
  t.match(JSON.parse((await run(...args, "--json")).stdout), {
    sections: { "operating-system": { readings: { uptimeSeconds: 3_725 } } },
  });
  t.match(await run(...args), { code: 0, stdout: /uptimeSeconds +3725 seconds \(a reading\)/ });
});

t.test("shows after enrolment only what is granted, unless everything is asked for", async (t) => {
  const { server, agent } = await setUp(t);
  await agent("enrol", server.enrolmentString());
  const root = t.testdir({ proc: { meminfo: "MemTotal:        2048 kB\n" } });
  const show = async (...args: string[]) =>
    JSON.parse((await agent("show", "memory", "--json", "--path-rootfs", root, ...args)).stdout).sections
      .memory;
  t.same(await show(), {
    status: "not-consented",
    category: "hardware",
    purposes: ["inventory", "support"],
    basis: [],
    document: null,
    granted: false,
  });
  t.match(await show("--all"), { status: "ok", document: { total: 2_097_152 }, granted: false });
});
