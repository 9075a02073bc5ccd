/** `rollcall enrolment-token`, `api-token` and `application`: made, listed, revoked. */
import { readEnrolmentString } from "@rollcall/protocol";
import t from "tap";
import { z } from "zod";
import { type Ended, jsonLines, printedHere, run, runHere } from "../testing/command.ts";
import { outcomeOf } from "../testing/outcome.ts";
import { optionsOf, SimulatedDevice } from "../testing/simulated-device.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const rollcall = (...args: string[]) => run([...args, "--data", server.directory]);
const json = async (...args: string[]) =>
  jsonLines(await printedHere([...args, "--json", "--quiet", "--data", server.directory]));

const lastLine = ({ stdout }: Ended) => stdout.trimEnd().split("\n").at(-1) ?? "";

t.test("prints an enrolment string alone on stdout, good for an enrolment", async (t) => {
  const made = await rollcall("enrolment-token", "create", "--local");
  t.equal(made.code, 0);
  t.match(made.stdout, /^rc1\.[\w-]+\.[\w-]+\n$/);
  t.match(made.stderr, /^Enrolment token 1, good until .*Z\. On the device: rollcall-agent enrol STRING\n$/);
  const enrolment = readEnrolmentString(lastLine(made));
  if ("error" in enrolment) throw new Error(enrolment.detail);
  t.equal(enrolment.url, server.control.replace("control.sock", "agent.sock"));
  const device = new SimulatedDevice({ ...optionsOf(enrolment), url: server.url });
  t.equal((await device.enrol()).ownership, "organisation");
});

t.test("makes an enrolment token as its options say, and tells it as JSON", async (t) => {
  const before = Date.now();
  const options = [
    "--group",
    "lab",
    "--ownership",
    "personal",
    "--uses",
    "3",
    "--expires",
    "2h",
    "--per-hour",
    "2",
  ];
  const [made] = await json("enrolment-token", "create", "--local", ...options, "--grant", "hardware,people");
  const { id, enrolment, expiresAt } = z
    .strictObject({ id: z.string(), enrolment: z.string(), expiresAt: z.iso.datetime() })
    .parse(made);
  const lifetime = Date.parse(expiresAt) - before;
  t.ok(lifetime >= 7_200_000 && lifetime < 7_260_000, expiresAt);
  const listed = (await json("enrolment-token", "list")).at(-1);
  t.match(listed, {
    id,
    group: "lab",
    ownership: "personal",
    uses: 3,
    used: 0,
    perHour: 2,
    expiresAt,
    local: true,
  });
  const read = readEnrolmentString(enrolment);
  if ("error" in read) throw new Error(read.detail);
  const { grants } = await new SimulatedDevice({ ...optionsOf(read), url: server.url }).enrol();
  t.same(
    grants.map(({ category }) => category),
    ["essential"],
  );
});

t.test("names on stderr what nobody can grant for others, and who can on a personal device", async (t) => {
  const create = (...options: string[]) => rollcall("enrolment-token", "create", "--local", ...options);
  const made = await create("--grant", "hardware,people,actions");
  t.match(made, {
    code: 0,
    stdout: /^rc1\./,
    stderr: /Left out, .*: people, actions\nIt is asked for on the device: .*\nEnrolment token/,
  });
  t.match(await create("--ownership", "personal", "--grant", "hardware,people"), {
    code: 0,
    stdout: /^rc1\./,
    stderr: /Left out, .*: hardware, people\nIt is asked for on the device: .*consent grant LIST\n/,
  });
});

t.test("revokes tokens by their id, and nothing by another", async (t) => {
  const [made] = await json("enrolment-token", "create", "--local", "--group", "gone");
  const { id, enrolment } = z.looseObject({ id: z.string(), enrolment: z.string() }).parse(made);
  const [revoked, unknown] = await Promise.all([
    rollcall("enrolment-token", "revoke", id),
    rollcall("enrolment-token", "revoke", "../api-tokens/1"),
  ]);
  t.same(revoked, { code: 0, stdout: "", stderr: `Revoked ${id}.\n` });
  t.match(unknown, {
    code: 1,
    stdout: "",
    stderr: /^rollcall: There is no token with this id\. \[not-found\]/,
  });
  const read = readEnrolmentString(enrolment);
  if ("error" in read) throw new Error(read.detail);
  const device = new SimulatedDevice({ ...optionsOf(read), url: server.url });
  t.equal(
    outcomeOf(await device.prove("enrol", "/v1/enrolments", device.enrolmentBody())),
    "403 token-revoked",
  );
});

t.test("makes, lists and revokes API tokens", async (t) => {
  const made = await rollcall(
    "api-token",
    "create",
    "--name",
    "reports",
    "--role",
    "viewer",
    "--group",
    "lab",
    "--group",
    "hall 2",
  );
  t.match(made, {
    code: 0,
    stdout: /^rct_[\w-]{43}\n$/,
    stderr: /^API token 1, good until .*\. It is told this once\.\n$/,
  });
  const token = lastLine(made);
  t.equal(outcomeOf(await server.asToken(token, "/api/v1/devices")), "200");
  const [second] = await json("api-token", "create", "--name", "b", "--role", "admin", "--expires", "30d");
  t.same(Object.keys(Object(second)), ["id", "token", "expiresAt"]);
  const [list, ids] = await Promise.all([json("api-token", "list"), rollcall("api-token", "list", "--ids")]);
  t.match(list, [
    { id: "1", name: "reports", role: "viewer", groups: ["hall 2", "lab"], revokedAt: null },
    { id: "2", name: "b", role: "admin", groups: null },
  ]);
  t.equal(ids.stdout, "1\n2\n");
  const { stdout } = await rollcall("api-token", "list", "--csv", "--columns", "name,groups");
  t.equal(stdout, 'name,groups\nreports,"hall 2, lab"\nb,\n');
  t.match(await json("api-token", "revoke", "1"), [{ id: "1", revoked: true }]);
  t.equal(outcomeOf(await server.asToken(token, "/api/v1/devices")), "401 not-signed-in");
});

t.test("makes application numbers known", async (t) => {
  t.same(await rollcall("application", "create", "Cash Till"), {
    code: 0,
    stdout: "cash-till\n",
    stderr: "",
  });
  t.same(await json("application", "create", "Printer", "--number", "printer.2"), [
    { number: "printer.2", name: "Printer" },
  ]);
  t.match(await rollcall("application", "create", "Cash Till"), { code: 1, stderr: /cash-till is taken/ });
  const { stdout } = await rollcall("application", "list");
  t.equal(
    stdout,
    "number          name\ncash-till       Cash Till\nprinter.2       Printer\n".replace(
      "\n",
      "\nrollcall-agent  Rollcall agent\n",
    ),
  );
});

t.test("ends with 2 and says what was wrongly typed", async (t) => {
  const cases: readonly (readonly [RegExp, ...string[]])[] = [
    [
      /week is no duration; one is written 15m, 24h or 7d/,
      "enrolment-token",
      "create",
      "--local",
      "--expires",
      "week",
    ],
    [/0 is no whole number above zero/, "enrolment-token", "create", "--local", "--uses", "0"],
    [/"cats" names no category/, "enrolment-token", "create", "--local", "--grant", "cats"],
    [
      /\/ownership: .*"organisation"\|"personal"/,
      "enrolment-token",
      "create",
      "--local",
      "--ownership",
      "mine",
    ],
    [/\/group: a group's name is letters/, "enrolment-token", "create", "--local", "--group", "-"],
    [/required option '--role <ROLE>' not specified/, "api-token", "create", "--name", "x"],
    [/\/role: .*"viewer"/, "api-token", "create", "--name", "x", "--role", "root"],
    [/missing required argument 'NAME'/, "application", "create"],
  ];
  for (const [words, ...args] of cases) {
    const end = await runHere([...args, "--data", server.directory]);
    t.match(end, { code: 2, stdout: "", stderr: words }, args.join(" "));
  }
  t.match(await rollcall("enrolment-token", "create"), {
    code: 1,
    stdout: "",
    stderr: /--local.*\[loopback-only\]/,
  });
});
