// What was withdrawn is gone from the device at once: whatever file of the state directory it may have got into, a new
// one among them; and from the server with the next check-in.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import * as stateFiles from "../packages/agent/src/state/files.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import { agentHere } from "./agent-here.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());

/** Values that stand nowhere but on this machine, by the category that they belong to. */
const values = {
  system: "withdrawnhost",
  software: "withdrawn-package",
  hardware: "Withdrawn Model 7",
} as const;

/** A machine made of files, whose agent has granted all of it and checked in. */
async function checkedIn(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-withdrawn-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [root, state] = [join(folder, "root"), join(folder, "state")];
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put("etc/os-release", "ID=debian\nVERSION_ID=12\n");
  put("proc/sys/kernel/hostname", `${values.system}\n`);
  put("etc/hostname", `${values.system}\n`);
  put("sys/class/dmi/id/product_name", `${values.hardware}\n`);
  put(
    "var/lib/dpkg/status",
    `Package: ${values.software}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n`,
  );
  const agent = (...args: string[]) => agentHere(state, [...args, "--path-rootfs", root]);
  const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", {
    local: true,
    ownership: "personal",
  });
  t.match(await agent("enrol", String(Object(body).enrolment), "--grant", "all"), { code: 0 });
  t.match(await agent("check-in"), { code: 0 });
  const { deviceId } = JSON.parse((await agent("status", "--json")).stdout);
  const onServer = async () =>
    JSON.stringify((await server.admin("GET", `/api/v1/devices/${deviceId}`)).body);
  return { state, agent, onServer };
}

/** Files of the state directory in which a value stands. */
function filesWith(state: string, value: string): string[] {
  return readdirSync(state, { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(state, name);
    return statSync(path).isFile() && readFileSync(path).includes(value);
  });
}

t.test("keeps nothing of a category anywhere in its state once that is withdrawn", async (t) => {
  const { state, agent, onServer } = await checkedIn(t);
  for (const [category, value] of Object.entries(values)) {
    t.ok(filesWith(state, value).length > 0, `${category} was kept until now`);
    t.match(await onServer(), value);
    t.match(await agent("consent", "withdraw", category), { code: 0 });
    t.same(filesWith(state, value), [], category);
    t.match(await onServer(), value, "the server hears of it with the next check-in");
    t.match(await agent("check-in"), { code: 0 });
    t.notMatch(await onServer(), value);
    t.same(filesWith(state, value), [], `${category}, after another check-in`);
  }
});

/** Every file that may stand in the state directory, with what becomes of it when a category is withdrawn. */
const files: Readonly<Record<string, string>> = {
  "acknowledged.json": "documents, readings and what they were made of: those of the category go",
  "agreed.json": "names of fields, no values: those of the category go",
  "agent.log": "nothing that was collected",
  "consent-history.json": "who granted and withdrew what",
  "consent.json": "the grants themselves",
  "counter.json": "nothing that was collected",
  "device.key": "nothing that was collected",
  "failures.json": "counts of failures: gone with diagnostics",
  "formerly-acknowledged.json": "as acknowledged.json",
  "installation.json": "whose server it is",
  "location.json": "cells: gone with the level that they were found for",
  "location-settings.json": "where the device is said to be: gone with location",
  "receipts.json": "digests that the server signed for",
  "schedule.json": "nothing that was collected",
  "session.json": "nothing that was collected",
  "unlinked.json": "that all was withdrawn once",
  "usage.json": "bytes and seconds of today",
};

/** Those that are read through the state's one list, be they there or not. */
const declared = Object.values(stateFiles).flatMap((each) =>
  typeof each === "object" && "remedy" in each ? [each.name] : [],
);

t.test("has no file of which nobody has said what a withdrawal makes of it", async (t) => {
  const { state, agent } = await checkedIn(t);
  t.match(await agent("consent", "withdraw", "all"), { code: 0 });
  t.match(await agent("check-in"), { code: 0 });
  t.same(
    [...readdirSync(state), ...declared].filter((name) => !Object.hasOwn(files, name)),
    [],
  );
});
