/** `rollcall doctor`: all is well with what a server made, and each thing that is not is named with what to do. */
import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t from "tap";
import { z } from "zod";
import { jsonLines, runHere } from "../testing/command.ts";
import { machine, told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { examineDisk, examineNode } from "./machine.ts";

const finding = z.strictObject({
  check: z.string(),
  state: z.enum(["ok", "warn", "fail"]),
  found: z.string(),
  todo: z.string().nullable(),
});

// As the program has it.
process.umask(0o077);
const plain = await TestServer.start();
t.teardown(() => rmSync(plain.directory, { recursive: true, force: true }));
const device = await told(plain);
const other = await told(plain, { hostname: "bob", serial: "bob" });
await device.sent(machine({ packages: Array.from({ length: 300 }, (_, n) => `package${n} 1.${n}`) }));
await plain.admin("DELETE", `/api/v1/devices/${other.device}`);
await plain.stop();
// With a certificate of its own.
const server = await TestServer.start(plain.directory, { publicUrl: "https://rollcall.example" });
const inData = (...names: string[]) => join(server.directory, ...names);

async function findings(...args: string[]) {
  const { code, stdout, stderr } = await runHere(["doctor", "--data", server.directory, "--json", ...args]);
  return { code, stderr, all: jsonLines(stdout).map((line) => finding.parse(line)) };
}

/** What is not well, as `state check: todo`. */
async function complaints(...args: string[]) {
  const { code, all } = await findings(...args);
  const told = all.filter(({ state }) => state !== "ok").map(({ check, state }) => `${state} ${check}`);
  return [code, ...told];
}

const checks = [
  ...["server", "node", "directory", "files", "configuration", "disk", "clock"],
  ...["database", "index", "ledger", "keys", "certificate"],
];

t.test("finds everything well, beside a server that runs and without one", async (t) => {
  for (const args of [[], ["--full"]]) {
    const { code, stderr, all } = await findings(...args);
    t.same([code, stderr, all.map(({ check }) => check)], [0, "", checks]);
    t.same(
      all.filter(({ state, todo }) => state !== "ok" || todo !== null),
      [],
    );
    t.match(all[0], { found: "it runs and is ready" });
    t.match(
      all.find(({ check }) => check === "ledger"),
      { found: /^1 entries/ },
    );
  }
  await server.stop();
  t.match((await findings()).all[0], { found: "none runs on this directory" });
  t.match(await runHere(["doctor", "--data", inData("nowhere")]), { code: 4, stderr: /no data directory/ });
});

t.test("names each thing that is wrong, and is silent again when it was mended", async (t) => {
  const bytes = (name: string) => readFileSync(inData(name));
  const away = (name: string) => {
    renameSync(inData(name), inData("away"));
    return () => renameSync(inData("away"), inData(name));
  };
  const changed = (name: string, change: (path: string) => void) => {
    const before = bytes(name);
    const mode = statSync(inData(name)).mode;
    change(inData(name));
    return () => {
      writeFileSync(inData(name), before);
      chmodSync(inData(name), mode);
    };
  };
  const configured = (text: string) => {
    writeFileSync(inData("config.json"), text);
    return () => rmSync(inData("config.json"));
  };
  const cases: readonly (readonly [string, () => () => void, string[]])[] = [
    ["a wrong key", () => configured('{"x": 1}'), ["fail configuration", "fail ledger"]],
    [
      "an open key file",
      () => changed("keys/identity.pem", (path) => chmodSync(path, 0o644)),
      ["fail files"],
    ],
    ["no identity", () => away("keys/identity.pem"), ["fail keys"]],
    ["no key of the ledger", () => away("keys/ledger.key"), ["fail ledger"]],
    ["no ledger", () => away("deletions.ledger"), ["fail ledger"]],
    ["a cut ledger", () => changed("deletions.ledger", (path) => truncateSync(path, 10)), ["fail ledger"]],
    [
      "a second place that lags",
      () => configured(JSON.stringify({ "ledger.secondPlace": inData("second") })),
      ["warn ledger"],
    ],
    [
      "a file of the future",
      () => {
        const { mtime } = statSync(inData("requests.log"));
        utimesSync(inData("requests.log"), mtime, new Date(Date.now() + 3_600_000));
        return () => utimesSync(inData("requests.log"), mtime, mtime);
      },
      ["fail clock"],
    ],
    [
      "a newer database",
      () =>
        changed("rollcall.db", (path) => {
          const database = new SqliteDatabase(path);
          database.pragma("user_version = 9999");
          database.close();
        }),
      ["fail database"],
    ],
    [
      "an open directory",
      () => {
        chmodSync(server.directory, 0o750);
        return () => chmodSync(server.directory, 0o700);
      },
      ["warn directory"],
    ],
  ];
  t.same(await complaints(), [0]);
  for (const [name, break_, expected] of cases) {
    const mend = break_();
    const failed = expected.some((each) => each.startsWith("fail"));
    t.same(await complaints(), [failed ? 1 : 0, ...expected], name);
    mend();
    t.same(await complaints(), [0], `${name}, mended`);
  }
});

t.test("finds a damaged page", async (t) => {
  const before = readFileSync(inData("rollcall.db"));
  const bytes = Buffer.from(before);
  for (let page = 2; page * 4_096 < bytes.length; page += 2)
    bytes.fill(0xaa, page * 4_096, page * 4_096 + 64);
  writeFileSync(inData("rollcall.db"), bytes);
  const { code, all } = await findings();
  t.equal(code, 1);
  t.match(
    all.find(({ check }) => check === "database"),
    { state: "fail", todo: /restore|whole/ },
  );
  writeFileSync(inData("rollcall.db"), before);
  t.same(await complaints(), [0]);
  t.notOk(existsSync(inData("backup.tmp")));
});

t.test("asks for Node 24.6 and for room on the disk", async (t) => {
  const states = ["24.6.0", "24.21.0", "25.0.0", "24.5.9", "22.19.0"].map(
    (version) => examineNode(version).state,
  );
  t.same(states, ["ok", "ok", "ok", "fail", "fail"]);
  const patient = { directory: server.directory, now: Date.now(), full: false };
  const room = [2 ** 31, 2 ** 29, 2 ** 20].map((free) => examineDisk(patient, free).state);
  t.same(room, ["ok", "warn", "fail"]);
});
