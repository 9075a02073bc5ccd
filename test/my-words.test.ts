// How the person's commands answer: questions, refusals, the log. The agent's code here, against a real server.
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grantsSchema } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { z } from "zod";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import { agentHere, type Typing } from "./agent-here.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const made = z.object({ enrolment: z.string() });
const entry = z.strictObject({ at: z.iso.datetime(), did: z.string(), outcome: z.string() });

/** A device that has enrolled and checked in. */
async function enrolled(t: Test, ownership: "personal" | "organisation" = "personal") {
  const state = mkdtempSync(join(tmpdir(), "rollcall-my-"));
  t.teardown(() => rmSync(state, { recursive: true, force: true }));
  const agent = (args: string, typing?: Typing) => agentHere(state, args.split(" "), typing);
  const json = async (args: string) => JSON.parse((await agent(`${args} --json`)).stdout);
  const log = async () =>
    (await agent("log --json")).stdout
      .split("\n")
      .flatMap((line) => (line ? [entry.parse(JSON.parse(line))] : []));
  const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", { local: true, ownership });
  const grants = ownership === "personal" ? " --grant hardware,system" : "";
  t.match(await agent(`enrol ${made.parse(body).enrolment}${grants}`), { code: 0 });
  t.match(await agent("check-in"), { code: 0 });
  return { state, agent, json, log };
}

t.test("deletes only when the person who is asked says yes", async (t) => {
  const { agent, json } = await enrolled(t);
  for (const answer of ["", "no", "y", "yes please"]) {
    const { code, stderr } = await agent("my delete", { answer });
    t.match({ code, stderr }, { code: 1, stderr: /for good.+not enrolled any more.+nothing was deleted/s });
  }
  t.match(await json("status"), { enrolled: true });
  t.match(await agent("my delete", { answer: " Yes" }), { code: 0, stdout: /signed for it/ });
  t.match(await json("status"), { enrolled: false });
});

t.test(
  "withdraws on an organisation's device what stands on consent, before it asks the server",
  async (t) => {
    const { state, agent, json } = await enrolled(t, "organisation");
    const file = join(state, "consent.json");
    const consent = JSON.parse(readFileSync(file, "utf8"));
    const [given] = grantsSchema.parse(consent.grants);
    const people = { ...given, category: "people", basis: "consent" };
    writeFileSync(file, JSON.stringify({ ...consent, grants: [...consent.grants, people] }));
    t.match(await json("my delete --yes"), { deletion: { scope: "personal" } });
    const { grants } = await json("consent");
    t.same(grants, consent.grants);
    t.match(await agent("check-in"), { code: 0 });
    t.match(await json("my receipts"), { kept: [{}, {}, {}], server: { agrees: true } });
  },
);

t.test("goes on where an unenrolment was interrupted", async (t) => {
  const { state, agent, json } = await enrolled(t);
  const files = ["installation.json", "consent.json", "session.json", "receipts.json"] as const;
  const copies = files.map((name) => [name, readFileSync(join(state, name))] as const);
  t.match(await agent("unenrol"), { code: 0 });
  // As after a crash between the removal of the key and that of the rest.
  for (const [name, bytes] of copies) writeFileSync(join(state, name), bytes);
  t.match(await json("status"), { enrolled: true });
  t.match(await agent("unenrol"), { code: 0 });
  t.match(await json("status"), { enrolled: false });
  t.match(await json("my receipts"), { kept: [{}, {}, { use: "deletion", valid: true }] });
});

t.test(
  "leaves a server that has deleted the device already, and keeps the receipt that it signs anew",
  async (t) => {
    for (const ownership of ["personal", "organisation"] as const) {
      const { agent, json } = await enrolled(t, ownership);
      const { deviceId, installationId } = await json("status");
      t.equal((await server.admin("DELETE", `/api/v1/devices/${deviceId}`)).status, 200);
      t.match(await agent("my export"), { code: 5, stderr: /deleted/ });
      t.match(await agent("unenrol"), { code: 0, stdout: /signed for it/ }, ownership);
      t.match(await json("status"), { enrolled: false });
      const { kept } = await json("my receipts");
      t.match(kept.at(-1), { use: "deletion", valid: true, installation: installationId });
    }
  },
);

t.test("tells who looked at the device", async (t) => {
  const { agent, json } = await enrolled(t);
  t.match(await agent("my lookups"), { code: 0, stdout: /Nobody/ });
  const { deviceId } = await json("status");
  for (let n = 0; n < 2; n++) await server.admin("GET", `/api/v1/devices/${deviceId}`);
  t.match(await agent("my lookups"), {
    code: 0,
    stdout: /admin os:tester +read everything of it +inventory +2$/m,
  });
  t.match(await json("my lookups"), { items: [{ by: "admin os:tester", what: "record", times: 2 }] });
});

t.test("finds a receipt that was changed", async (t) => {
  const { state, agent } = await enrolled(t);
  const file = join(state, "receipts.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"use":"consent"', '"use":"consent","more":1'));
  const { code, stdout, stderr } = await agent("my receipts --json");
  t.match({ code, stderr }, { code: 1, stderr: /not signed/ });
  t.match(JSON.parse(stdout), { kept: [{ use: "consent", valid: false }, { valid: true }] });
});

t.test("exports to the terminal what it exports to a file, and takes no file's place", async (t) => {
  const { state, agent, json } = await enrolled(t);
  const file = join(state, "mine.json");
  t.match(await agent(`my export ${file}`), { code: 0 });
  const { exportedAt: _at, receipts: _signed, ...exported } = JSON.parse(readFileSync(file, "utf8"));
  t.match(await json("my export"), exported);
  const { code, stdout } = await agent("my export");
  t.match({ code, shown: JSON.parse(stdout) }, { code: 0, shown: exported });
  t.match(await agent(`my export ${file}`), { code: 1, stderr: /mine\.json/ });
});

t.test("corrects by the name of a field, and says what is wrong with a name or a value", async (t) => {
  const { agent, json } = await enrolled(t);
  t.match(await json("my correct memory.total=1024"), { corrections: [{ value: 1024 }] });
  t.match(await json("my correct system.board.serial=B=1"), { corrections: [{}, { value: "B=1" }] });
  t.match(await agent("my correct memory.total="), { code: 0, stdout: /collected again/ });
  t.match(await json("my correct system.board.serial="), { corrections: [] });
  t.match(await agent("my correct memory.total=much"), { code: 5, stderr: /expected/ });
  t.match(await agent("my correct attic.size=1"), { code: 2, stderr: /attic\.size/ });
  t.match(await agent("my correct memory.colour=red"), { code: 2, stderr: /colour/ });
  t.match(await agent("my correct memory"), { code: 2 });
  t.match(await agent("my correct software.deb.packages=x"), { code: 5, stderr: /nothing is stored/ });
});

t.test("needs an enrolment, and does not take complaints yet", async (t) => {
  const state = join(t.testdir(), "state");
  for (const args of ["my export", "my lookups", "my delete --yes", "my correct memory.total=5", "unenrol"])
    t.match(await agentHere(state, args.split(" ")), { code: 3, stderr: /not enrolled/ }, args);
  t.match(await agentHere(state, ["my", "complain"]), { code: 1, stderr: /not yet/ });
  t.match(await agentHere(state, ["log"]), { code: 0, stdout: "" });
  t.throws(() => statSync(state), { code: "ENOENT" }, "asking makes no state");
});

t.test("logs what it did, in words and with nothing of what it sent", async (t) => {
  const { state, agent, json, log } = await enrolled(t);
  await agent("consent withdraw system");
  await agent("check-in --if-due");
  await agent("my export");
  t.match(
    (await log()).map(({ did, outcome }) => [did, outcome]),
    [
      ["enrol", "enrolled"],
      ["check-in", /^sent /],
      ["consent withdraw", "withdrawn: system"],
      ["my export", / bytes shown$/],
    ],
  );
  t.equal((await log()).length, 4);
  t.match(await agent("log"), { code: 0, stdout: /Z {2}check-in: sent / });
  const file = join(state, "agent.log");
  t.equal(statSync(file).mode & 0o777, 0o600);
  const { sections } = await json("show --all");
  const { hostname } = sections["operating-system"].document;
  t.type(hostname, "string");
  t.notOk(readFileSync(file, "utf8").includes(hostname));
});

t.test("keeps the log bounded, by its newer part", async (t) => {
  const { state, agent, log } = await enrolled(t);
  const at = "2026-01-01T00:00:00.000Z";
  const line = (n: number) => `${JSON.stringify({ at, did: "check-in", outcome: `number ${n}` })}\n`;
  for (let n = 0; n < 4_000; n++) appendFileSync(join(state, "agent.log"), line(n));
  await agent("check-in");
  const entries = await log();
  t.ok(statSync(join(state, "agent.log")).size < 150_000);
  t.ok(entries.length > 1_000 && entries.length < 3_000, `${entries.length} entries`);
  t.match(entries.slice(-2), [{ outcome: "number 3999" }, { outcome: /^unchanged/ }]);
});

t.test("shows nothing of a server's words that a terminal obeys", async (t) => {
  const { state, agent } = await enrolled(t);
  const at = "2026-01-01T00:00:00.000Z";
  const evil = "\u001b]0;owned\u0007\u202e";
  appendFileSync(join(state, "agent.log"), `${JSON.stringify({ at, did: "check-in", outcome: evil })}\n`);
  for (const args of ["log", "log --json"]) {
    const { stdout } = await agent(args);
    t.match(stdout, /\\u001b\]0;owned\\u0007\\u202e/);
    t.notOk([...evil].some((character) => stdout.includes(character) && /\p{C}/u.test(character)));
  }
});

t.test("does its work when the log cannot be written", async (t) => {
  const { state, agent } = await enrolled(t);
  const file = join(state, "agent.log");
  rmSync(file);
  mkdirSync(file);
  t.match(await agent("check-in"), { code: 0, stderr: /log cannot be written/ });
});

t.test("tells a device that the server deleted where it stands, and what was signed for it", async (t) => {
  const { agent, json } = await enrolled(t);
  const { deviceId } = await json("status");
  t.match(await server.admin("DELETE", `/api/v1/devices/${deviceId}`), { status: 200 });
  t.match(await json("status"), { enrolled: true, ended: null });
  t.match(await agent("check-in"), { code: 5, stderr: /device-deleted/ });
  t.match(await json("status"), { enrolled: true, ended: "deleted" });
  t.match(await agent("status"), { stdout: /^enrolled, but deleted on the server; .*enrol STRING/ });
  const { code, stdout, stderr } = await agent("my receipts --json");
  t.match({ code, stderr }, { code: 0, stderr: /device-deleted.*shown is what is kept here/ });
  t.match(JSON.parse(stdout), { kept: [{ valid: true }, { valid: true }], server: null });
});

t.test("tells the person of a device in doubt that a check-in comes first", async (t) => {
  const { state, agent } = await enrolled(t);
  const copy = `${state}-copy`;
  cpSync(state, copy, { recursive: true });
  t.teardown(() => rmSync(copy, { recursive: true, force: true }));
  t.match(await agent("check-in"), { code: 0 });
  t.match(await agentHere(copy, ["check-in"]), { code: 0, stdout: /^goes on under a new key; sent / });
  t.match(await agent("my export"), { code: 5, stderr: /identity-in-doubt.*check-in does that/ });
  t.match(await agent("check-in"), { code: 0, stdout: /^goes on under a new key; sent / });
  t.match(await agent("my export"), { code: 0 });
});
