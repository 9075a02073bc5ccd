/** `rollcall config check`: what a start would use, and what is wrong with it, without a start. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { configKeys } from "../config.ts";
import { jsonLines, printed, printedHere, runHere } from "../testing/command.ts";

const check = (data: string, ...more: string[]) => ["config", "check", "--data", data, ...more];

function directoryWith(t: Test, config: unknown): string {
  return t.testdir({ "config.json": JSON.stringify(config) });
}

t.test("tells every key with its default where nothing is set, and makes nothing", async (t) => {
  const data = join(t.testdir({}), "data");
  const rows = jsonLines(await printed(check(data, "--json")));
  t.same(
    rows,
    Object.entries(configKeys).map(([key, { default: value }]) => ({
      key,
      value,
      default: value,
      isDefault: true,
      problem: null,
    })),
  );
  t.notOk(existsSync(data));
});

t.test("tells what is set", async (t) => {
  const data = directoryWith(t, { "sessions.hours": 12, "organisation.name": "Ünïon" });
  const lines = (await printedHere(check(data))).split("\n");
  t.match(lines[0], /^KEY +VALUE +FROM$/);
  t.match(
    lines.find((line) => line.startsWith("sessions.hours ")),
    /^sessions\.hours +12 +config\.json$/,
  );
  t.match(
    lines.find((line) => line.startsWith("organisation.name ")),
    /^organisation\.name +"Ünïon" +config\.json$/,
  );
  t.match(
    lines.find((line) => line.startsWith("server.sockets ")),
    /^server\.sockets +8192 +default$/,
  );
});

t.test("ends with 1 at a wrong file, and tells every key that is wrong", async (t) => {
  const data = directoryWith(t, { "sessions.hours": 99, "sessions.hour": 2, "search.page": "1" });
  const end = await runHere(check(data, "--json"));
  t.match(end, {
    code: 1,
    stderr: new RegExp(`^rollcall: ${join(data, "config.json")}: .+ \\(and 2 more\\)\n$`),
  });
  const wrong = jsonLines(end.stdout).filter((row) => Object(row).problem !== null);
  t.match(wrong, [
    { key: "sessions.hours", value: 99, default: 24, isDefault: false, problem: /24/ },
    { key: "search.page", value: "1", default: 100, isDefault: false, problem: /number/ },
    { key: "sessions.hour", value: 2, isDefault: false, problem: "there is no such key" },
  ]);
  t.match((await runHere(check(data))).stdout, /^sessions\.hours +99 +config\.json +\S/m);
});

t.test("ends with 1 at a file that is no JSON, or none of keys", async (t) => {
  const noJson = t.testdir({ "config.json": "{'sessions.hours': 2}" });
  t.same(await runHere(check(noJson)), {
    code: 1,
    stdout: "",
    stderr: `rollcall: ${join(noJson, "config.json")} is not JSON\n`,
  });
  const list = directoryWith(t, []);
  t.match(await runHere(check(list)), { code: 1, stderr: /config\.json: .*received array/ });
});
