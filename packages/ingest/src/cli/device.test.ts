/** `rollcall device`: one device by whatever people call it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import t from "tap";
import { ended, jsonLines, program, run, runHere } from "../testing/command.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { machine, ok, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";

const server = await TestServer.start();
t.teardown(() => server.remove());
const rollcall = (...args: string[]) => run([...args, "--data", server.directory]);

const packages = Array.from({ length: 30 }, (_, number) => `package-${number} 1.${number}`);
const ada = await told(server, { serial: "SN-1", packages });
const twins = [
  await told(server, { hostname: "twin" }),
  await told(server, { hostname: "Twin", serial: "SN-2" }),
];
const hostile = await told(server, { hostname: "odd" });
await hostile.sent({
  system: ok({ model: "a\u001b[2J\u202eb\r\nc" }),
  memory: { schema: 1, status: "denied" },
});

t.test("finds a device by id, beginning of an id, host name and serial number", async (t) => {
  const whole = JSON.parse(JSON.stringify(await new Inventory(server).device(ada.device)));
  const names = [ada.device, ada.device.slice(0, 16), "ADA", "sn-1-m"];
  const json = (name: string) => runHere(["device", name, "--json", "--data", server.directory]);
  const ends = await Promise.all(names.map(json));
  for (const [index, { code, stdout, stderr }] of ends.entries()) {
    t.same([code, stderr], [0, ""], `${names[index]}`);
    const [{ asOf, ...device }] = jsonLines(stdout).map(Object);
    t.same({ asOf: "", ...device }, { ...whole, asOf: "" }, `${names[index]}`);
  }
});

t.test("shows a person the facts and every section, long lists cut", async (t) => {
  const { code, stdout, stderr } = await rollcall("device", "ada");
  t.same([code, stderr], [0, ""]);
  const lines = stdout.split("\n");
  for (const line of [
    `id: ${ada.device}`,
    "hostname: ada",
    "  name: Debian",
    "groups: default",
    "country: -",
    "  total: 17179869184",
    "memory",
    "software.deb",
    "  packages: 30",
    "    amd64  package-0  1.0",
    "    … and 10 more (--json shows all)",
  ])
    t.ok(lines.includes(line), line);
  t.notOk(lines.includes("    amd64  package-20  1.20"), "the list is cut behind its twentieth item");
});

t.test("shows one section alone", async (t) => {
  const [json, text, none] = await Promise.all([
    rollcall("device", "ada", "--section", "system", "--json"),
    rollcall("device", "odd", "--section", "system"),
    runHere(["device", "odd", "--section", "cats", "--data", server.directory]),
  ]);
  t.match(jsonLines(json.stdout), [{ status: "ok", document: machine({ serial: "SN-1" }).system.document }]);
  t.equal(text.stdout, "\nsystem\n  model: a\\u001b[2J\\u202eb\\u000d\\u000ac\n");
  t.match(none, {
    code: 1,
    stdout: "",
    stderr: /odd has no section cats; it has memory, network, operating-system, software\.deb, system /,
  });
});

t.test("tells a section that could not be looked at by its status", async (t) => {
  const { stdout } = await rollcall("device", "odd", "--section", "memory");
  t.match(stdout, /^\nmemory {2}denied\n {2}modules: 1\n/);
});

t.test("lists the devices that a name may mean, and ends with 1", async (t) => {
  const here = (...args: string[]) => runHere([...args, "--data", server.directory]);
  const several = await rollcall("device", "twin");
  const [none, two] = [await here("device", "nobody\u001b[31m"), await here("device", "ada", "odd")];
  t.match(several, { code: 1, stdout: "", stderr: /^rollcall: twin may mean .*; name one by its id/ });
  for (const [index, { device }] of twins.entries())
    t.ok(several.stderr.includes(`${device} (${index === 0 ? "twin" : "Twin"})`));
  t.match(none, { code: 1, stdout: "", stderr: "rollcall: no device is named nobody\\u001b[31m (data: " });
  t.match(two, { code: 2, stdout: "", stderr: /too many arguments/ });
});

/** What goes to a real terminal; script(1) makes one. */
async function onTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn(script, ["-qec", words, "/dev/null"], { env: { PATH: "", SHELL: "/bin/sh", ...env } });
  child.stdin.end();
  return (await ended(child)).stdout;
}

const script = "/usr/bin/script";
t.test("colours on a terminal only, and never as a device says", { skip: noScript() }, async (t) => {
  const args = ["device", "odd", "--data", server.directory];
  const [coloured, plain, piped] = await Promise.all([
    onTerminal(args, {}),
    onTerminal(args, { NO_COLOR: "1" }),
    run(args, { env: { FORCE_COLOR: "1" } }),
  ]);
  t.ok(coloured.includes("\u001b[1msystem\u001b[22m"), "section names are bold");
  const ownStyle = ["\u001b[1m", "\u001b[22m"];
  for (const text of [
    ownStyle.reduce((all, code) => all.replaceAll(code, ""), coloured),
    plain,
    piped.stdout,
  ])
    t.notMatch(text, /[^\P{Cc}\r\n]|\p{Cf}/u);
  const comparable = (text: string) => text.replaceAll("\r\n", "\n").replace(/^asOf: .*$/m, "");
  t.equal(comparable(plain), comparable(piped.stdout));
});

function noScript(): string | false {
  return existsSync(script) ? false : "there is no script(1) to make a terminal";
}

t.test("shows what changed, and what it was at a time", async (t) => {
  const device = await told(server, { hostname: "changing" });
  const before = new Date(Date.now() + server.ahead).toISOString();
  server.ahead += 60_000;
  await device.newSession();
  await device.sent({
    "software.deb": machine({ packages: ["openssl 3.0.18-1", "vim 9.1"] })["software.deb"],
  });
  const at = ["--data", server.directory];
  const history = await runHere(["device", "changing", "--history", "--section", "software.deb", ...at]);
  const [first, ...rest] = history.stdout.split("\n");
  t.match(first, /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}software\.deb$/);
  t.same(rest.slice(0, 3), [
    "  - packages zlib1g amd64 1.2.13",
    "  + packages vim amd64 9.1",
    "  ~ packages openssl amd64 version: 3.0.17-1 → 3.0.18-1",
  ]);
  t.match(rest[3], /software\.deb {2}as far as is known$/);
  const json = await runHere(["device", "changing", "--history", "--json", ...at]);
  t.match(jsonLines(json.stdout)[0], { section: "software.deb", kind: "changed" });
  const then = await runHere([
    "device",
    "changing",
    "--at",
    before,
    "--section",
    "software.deb",
    "--json",
    ...at,
  ]);
  t.match(jsonLines(then.stdout), [{ document: machine()["software.deb"].document }]);
  const wrong = await runHere(["device", "changing", "--at", "noon", ...at]);
  t.match(wrong, { code: 2, stdout: "", stderr: /noon is no time/ });
});
