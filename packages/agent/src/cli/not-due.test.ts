/** A check-in that is not due: what it says, and how little of the program it takes. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { readCheckInIfDue } from "./not-due.ts";

const program = join(import.meta.dirname, "../../bin/rollcall-agent.mjs");

/** A state directory as far as the schedule is concerned; its other files are not looked at. */
function stateOf(t: Test, schedule: string): string {
  return t.testdir({ "installation.json": "{}", "schedule.json": schedule });
}

const soon = () => Date.now() + 600_000;
const plan = (nextAt: number) =>
  JSON.stringify({ intervalSeconds: 3_607, plannedAt: nextAt - 3_607_000, nextAt });

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(process.execPath, [program, ...args], { env: { ...env } });

t.test("says the same as the whole program, however it is asked", async (t) => {
  const state = stateOf(t, plan(soon()));
  for (const json of [[], ["--json"]]) {
    // A tree of another machine is nothing that the short way knows.
    const { stdout: whole } = await run([
      ...["check-in", "--if-due", ...json, "--state", state, "--path-rootfs", "/"],
    ]);
    t.match(whole, json.length === 0 ? /^not due\n$/ : /^\{"outcome":"not-due","intervalSeconds":3607,/);
    const ways = await Promise.all([
      run(["check-in", "--if-due", ...json, "--state", state]),
      run([...json, `--state=${state}`, "check-in", "--if-due"]),
      run(["check-in", ...json, "--if-due"], { ROLLCALL_AGENT_STATE: state }),
    ]);
    t.same([...new Set(ways.map(({ stdout }) => stdout))], [whole]);
  }
});

t.test("loads no package, no schema and no command for that", async (t) => {
  const state = stateOf(t, plan(soon()));
  const list = join(state, "loaded");
  const hook = `import { appendFileSync } from "node:fs"; import { registerHooks } from "node:module";
    const load = (url, context, next) => (appendFileSync(process.env.LIST, url + "\\n"), next(url, context));
    registerHooks({ load });`;
  const preload = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
  const argv = [...preload, program, "check-in", "--if-due", "--state", state];
  await promisify(execFile)(process.execPath, argv, { env: { LIST: list } });
  const modules = readFileSync(list, "utf8")
    .split("\n")
    .map((url) => url.split("/packages/").at(-1) ?? "");
  t.same(
    modules.filter((name) => name !== "" && !/^(node:|host\/)/.test(name)),
    [
      ...["agent/bin/rollcall-agent.mjs", "agent/src/cli/main.ts", "agent/src/agent-error.ts"],
      ...["agent/src/cli/context.ts", "agent/src/cli/not-due.ts", "agent/src/schedule.ts"],
    ],
  );
});

t.test("leaves whatever is not plain to the whole program", async (t) => {
  const plain = ["check-in", "--if-due"];
  t.same(readCheckInIfDue(plain), { state: undefined });
  t.same(readCheckInIfDue(["--state", "a", ...plain, "--json"]), { state: "a" });
  const others: readonly (readonly string[])[] = [
    ...[[], ["check-in"], ["--if-due"], ["show"], ["check-in", "check-in", "--if-due"]],
    ...[["--help"], ["--state"], ["--state="], ["--state", ""], ["--state", "--json"], ["--"], ["x"]].map(
      (more) => [...plain, ...more],
    ),
    ...[
      [...plain, "--state", "a", "--state", "b"],
      [...plain, "--path-rootfs", "/"],
    ],
  ];
  for (const args of others) t.equal(readCheckInIfDue(args), null, args.join(" "));
});

t.test("leaves a schedule that is due, or none at all, to the whole program", async (t) => {
  for (const schedule of [plan(1), "{", "null", plan(soon()).replace("3607", '"3607"')]) {
    const asked = run(["check-in", "--if-due", "--state", stateOf(t, schedule)]);
    // The state is none that the agent wrote, which only the whole program finds out.
    await t.rejects(asked, { code: 1, stderr: /installation\.json is not what the agent wrote/ });
  }
});
