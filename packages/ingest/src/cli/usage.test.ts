/** What `rollcall` says of itself, of wrong usage, and of what is not there yet. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { printed, run, runHere } from "../testing/command.ts";

const data = join(t.testdir({}), "data");

t.test("answers wrong usage with 2 and one line that says where to look", async (t) => {
  const cases: readonly (readonly [RegExp, ...string[]])[] = [
    [/unknown command 'devics' \(Did you mean .*devices\?\) \(--help tells what there is\)/, "devics"],
    [/unknown command '\\u001b\[31m\\u202e' /, "\u001b[31m\u202e"],
    [/unknown option '--jsn' \(Did you mean --json\?\)/, "application", "list", "--jsn"],
    [/missing required argument 'NAME'/, "device"],
    [/missing required argument 'FIELD'/, "facets"],
    [/option '--limit <N>' argument missing/, "devices", "--limit"],
    [/too many arguments for 'list'/, "api-token", "list", "x"],
  ];
  for (const [words, ...args] of cases) {
    const end = await runHere([...args, "--data", data]);
    t.match(end, { code: 2, stdout: "", stderr: words }, args.join(" "));
    t.match(end.stderr, /^rollcall: [^\n]+\n$/);
  }
  t.match(await run(["devics", "--data", data]), { code: 2, stdout: "", stderr: /did you mean.*devices/i });
  t.notOk(existsSync(data), "nothing was made");
});

/** Commands as CONTRACT names them that come with later work. */
const later = [
  "complete os:",
  "group list",
  "tag create x",
  "search save x",
  "import FILE",
  "export os:debian",
  "sign-in-link",
  "log --follow",
  "release keygen --keys DIR",
  "rollout pause x",
  "action sign x",
  "privacy-policy publish DIR",
  "data-request list",
  "trends publish",
  "account create x",
  "device set ada owner=x",
  "device refresh ada",
  "devices --at 2026-01-01",
  "software --at 2026-01-01",
];

t.test("says of each command to come that it is not there yet", async (t) => {
  for (const command of later) {
    const end = await runHere([...command.split(" "), "--data", data]);
    t.match(
      end,
      { code: 1, stdout: "", stderr: /^rollcall: [a-z-]+.*: not yet \(data: [^\n]+\)\n$/ },
      command,
    );
  }
  t.same(await run(["import", "FILE", "--now", "--data", data]), {
    code: 1,
    stdout: "",
    stderr: `rollcall: import: not yet (data: ${data})\n`,
  });
  t.notOk(existsSync(data), "nothing was made");
});

t.test("lists its commands, and tells each one's options", async (t) => {
  const [all, one, version, none, group] = await Promise.all([
    printed(["--help"]),
    runHere(["devices", "--help"]),
    printed(["--version"]),
    run([]),
    runHere(["api-token"]),
  ]);
  for (const command of [
    "serve",
    "enrolment-token",
    "api-token",
    "application",
    "devices",
    "device",
    "software",
    "facets",
  ])
    t.match(all, new RegExp(`^  ${command}[ \\n]`, "m"));
  for (const option of [
    "--limit",
    "--sort",
    "--ids",
    "--count",
    "--csv",
    "--columns",
    "--json",
    "--quiet",
    "--data",
  ])
    t.match(one.stdout, new RegExp(`^ +${option}[ \\n]`, "m"));
  t.match(version, /^\d+\.\d+\.\d+\n$/);
  t.match(none, { code: 2, stdout: "", stderr: /^Usage: rollcall / });
  t.match(group, { code: 2, stdout: "", stderr: /^Usage: rollcall api-token / });
});
