/** The agent as it is deployed: a folder of plain JavaScript, on a machine that has nothing else of ours. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { bundleAgent } from "../scripts/bundle/bundle-agent.ts";
import { begin, ended, House } from "./processes.ts";

const folder = mkdtempSync(join(tmpdir(), "rollcall-bundle-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const agent = join(folder, "agent");
const bundle = await bundleAgent(agent);

/** The bundled program with an environment of nothing. */
const run = (...args: string[]) =>
  ended(spawn(process.execPath, [join(agent, "bin/rollcall-agent.mjs"), ...args], { env: {}, cwd: "/" }));

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(...args, "--json");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

const documentsOf = ({ sections }: Record<string, unknown>) =>
  Object.entries(Object(sections)).map(([name, section]) => {
    const { status, document } = Object(section);
    return [name, status, document];
  });

t.test("enrols, checks in and shows what was found, as the sources do", async (t) => {
  const house = await House.of(t);
  const state = join(folder, "state");
  const enrolled = await run("enrol", await house.enrolment(), "--state", state);
  t.match(enrolled, { code: 0, stdout: /^Enrolled as ins_/ });
  t.match(await json("check-in", "--state", state), { outcome: "sent" });
  t.match(await json("check-in", "--state", state), { outcome: "unchanged" });
  t.match(await json("check-in", "--if-due", "--state", state), { outcome: "not-due" });
  const sources = await ended(begin("rollcall-agent", ["show", "--json", "--state", state]));
  t.same(documentsOf(await json("show", "--state", state)), documentsOf(JSON.parse(sources.stdout)));
  const [device] = await house.asked("devices");
  t.match(device, { lastSeenAt: /^20/ });
});

t.test("looks at another machine's tree in a process of its own", async (t) => {
  const tree = t.testdir({ proc: { meminfo: "MemTotal:        2048 kB\n" } });
  const { sections } = await json("show", "memory", "--path-rootfs", tree, "--state", join(folder, "none"));
  t.match(sections, { memory: { status: "ok", document: { total: 2_097_152 } } });
});

t.test("keeps what Node compiled in its state, where nobody else can write", async (t) => {
  const above = mkdtempSync(join(folder, "above-"));
  const state = join(above, "state");
  mkdirSync(state, { mode: 0o700 });
  const compiled = join(state, "compiled");
  chmodSync(above, 0o777);
  await run("status", "--state", state);
  t.notOk(existsSync(compiled), "others could put another state in its place");
  chmodSync(above, 0o755);
  chmodSync(state, 0o770);
  await run("status", "--state", state);
  t.notOk(existsSync(compiled), "others could write there");
  chmodSync(state, 0o700);
  await run("status", "--state", state);
  t.equal(statSync(compiled).mode & 0o777, 0o700);
});

t.test("has in it what is used, with its licences, and nothing else", async (t) => {
  t.same(
    bundle.inputs.filter((path) => /zod\/v4\/locales\//.test(path)),
    ["node_modules/zod/v4/locales/en.js"],
  );
  const foreign = /packages\/ingest|\.test\.ts$|\/testing\/|undici/;
  t.same(
    bundle.inputs.filter((path) => foreign.test(path)),
    [],
  );
  const notices = readFileSync(join(agent, "NOTICES"), "utf8");
  t.ok(bundle.packages.length > 0);
  for (const name of bundle.packages) t.match(notices, `${name} (`);
  t.match(readFileSync(join(agent, "LICENSE"), "utf8"), "Apache License");
});
