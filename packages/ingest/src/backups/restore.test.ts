/** What is restored is what was backed up; everything else is refused and leaves the directory as it was. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { altered } from "../testing/altered-backup.ts";
import { Chance } from "../testing/chance.ts";
import { Inventory } from "../testing/inventory-questions.ts";
import { rounds } from "../testing/long.ts";
import { told } from "../testing/machine.ts";
import { TestServer } from "../testing/test-server.ts";
import { newBackupKey, readIdentity } from "./backup-keys.ts";
import { restoreBackup } from "./restore.ts";
import { writeBackup } from "./write-backup.ts";

const folder = t.testdir({});
const now = () => Date.UTC(2030, 0, 1);
const { pem, publicKey } = newBackupKey();
const keyFile = join(folder, "key.pem");
writeFileSync(keyFile, pem);
const identity = readIdentity(keyFile);

const server = await TestServer.start();
t.teardown(() => rmSync(server.directory, { recursive: true, force: true }));
for (const hostname of ["ada", "bob"]) await told(server, { hostname, serial: hostname });
writeFileSync(join(server.directory, "config.json"), '{"organisation.name": "Example"}');
const plain = join(folder, "plain");
const sealed = join(folder, "sealed");
const made = await writeBackup(server.directory, { file: plain, recipient: null, withKeys: false, now });
await writeBackup(server.directory, { file: sealed, recipient: publicKey, withKeys: true, now });
const before = await devicesOf(server);
await told(server, { hostname: "eve", serial: "eve" });
await server.stop();

async function devicesOf(running: TestServer) {
  const { body } = await new Inventory(running).get("devices");
  return Object(body).items.map(({ id, hostname }: { id: string; hostname: string }) => [id, hostname]);
}

/** Every file below a directory with its digest, but locks. */
function state(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => !/lock$/.test(name) && statSync(join(directory, name)).isFile());
  const digest = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(directory, name)))
      .digest("hex");
  return Object.fromEntries(files.sort().map((name) => [name, digest(name)]));
}

const present = state(server.directory);

/** The backup is refused with these words, and nothing has changed. */
async function refused(
  t: Test,
  bytes: Uint8Array,
  words: RegExp,
  key: typeof identity | null = null,
): Promise<void> {
  const file = join(folder, "tried");
  writeFileSync(file, bytes);
  await t.rejects(restoreBackup(server.directory, file, key), { message: words });
  t.same(state(server.directory), present);
}

t.test("tells in its head what it holds, and is its owner's alone", async (t) => {
  t.match(made, { at: "2030-01-01T00:00:00.000Z", server: server.id, rows: { devices: 2 } });
  t.same(
    made.files.map(({ name }) => name),
    ["rollcall.db", "config.json"],
  );
  for (const file of [plain, sealed]) t.equal(statSync(file).mode & 0o777, 0o600);
  t.notOk(readFileSync(sealed).includes("devices"), "an encrypted one tells nothing");
  t.notOk(existsSync(join(server.directory, "backup.tmp")));
});

t.test("refuses one that is cut off, wherever", async (t) => {
  const chance = new Chance(1);
  for (const [file, key, words] of [
    [plain, null, /no backup|cut off|damaged|unexpected end/],
    [sealed, identity, /no backup|cut off|damaged|encrypted|unexpected end/],
  ] as const) {
    const bytes = readFileSync(file);
    const start = bytes.indexOf("\n") + 1;
    const chunks = Array.from({ length: 4 }, (_, chunk) => start + chunk * (64 * 1024 + 16));
    const edges = [0, 1, start, ...chunks, bytes.length - 48, bytes.length - 32, bytes.length - 16];
    const near = edges.flatMap((at) => [at - 1, at, at + 1]).filter((at) => at >= 0 && at < bytes.length);
    const anywhere = Array.from({ length: rounds(10, 500) }, (_, draw) =>
      Math.floor(chance.part(draw, bytes.length) * bytes.length),
    );
    for (const length of [...near, ...anywhere]) await refused(t, bytes.subarray(0, length), words, key);
  }
});

t.test("refuses one of which a bit was changed, wherever", async (t) => {
  const chance = new Chance(2);
  for (const [file, key] of [
    [plain, null],
    [sealed, identity],
  ] as const) {
    const bytes = readFileSync(file);
    const start = bytes.indexOf("\n") + 1;
    const anywhere = Array.from({ length: rounds(20, 500) }, (_, draw) =>
      Math.floor(chance.part(draw, 7) * bytes.length),
    );
    for (const at of [
      0,
      16,
      20,
      start - 1,
      start,
      start + 5,
      bytes.length - 33,
      bytes.length - 1,
      ...anywhere,
    ]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await refused(t, changed, /./, key);
    }
    await refused(t, Buffer.concat([bytes, Buffer.from([0])]), /cut off or was altered/, key);
  }
});

t.test("refuses what is newer, another's, or not what its head says", async (t) => {
  const cases: readonly (readonly [RegExp, Parameters<typeof altered>[1]])[] = [
    [/not the one that its head describes/, (head, rest) => [{ ...head, databaseVersion: 1 }, rest]],
    [/not the one that its head describes/, (head, rest) => [{ ...head, rows: {} }, rest]],
    [/not the one that its head describes/, (head, rest) => [{ ...head, server: "x".repeat(43) }, rest]],
    [
      /rollcall\.db in it was altered/,
      (head, rest) => [head, Buffer.concat([rest.subarray(1), Buffer.of(0)])],
    ],
    [/goes on behind its end/, (head, rest) => [head, Buffer.concat([rest, Buffer.of(0)])]],
    [/cut off/, (head, rest) => [head, rest.subarray(0, -1)]],
    [/files/, (head, rest) => [{ ...head, files: [] }, rest]],
    [/no database/, (head) => [{ ...head, files: [empty("config.json")] }, Buffer.alloc(0)]],
    [/files/, (head) => [{ ...head, files: [empty("../config.json")] }, Buffer.alloc(0)]],
    [/files/, (head) => [{ ...head, files: [empty("keys/ledger.key")] }, Buffer.alloc(0)]],
    [/unrecognized|Unrecognized/, (head, rest) => [{ ...head, more: 1 }, rest]],
  ];
  for (const [words, change] of cases) await refused(t, await altered(plain, change), words);
  const text = readFileSync(plain, "latin1");
  const second = Buffer.from(text.replace("rollcall-backup 1", "rollcall-backup 2"), "latin1");
  await refused(t, second, /its format is 2, this program knows 1/);
  await refused(t, Buffer.from("SQLite format 3\0\n"), /no backup of Rollcall/);
  await refused(t, readFileSync(sealed), /is encrypted to .*--key/);
  writeFileSync(keyFile, newBackupKey().pem);
  await refused(t, readFileSync(sealed), /encrypted to .* the key given is that of/, readIdentity(keyFile));
});

const empty = (name: string) => ({ name, bytes: 0, sha256: createHash("sha256").digest("hex") });

t.test(
  "puts back exactly what was there, into the directory or an empty one, which then has the keys",
  async (t) => {
    const elsewhere = mkdtempSync(join(folder, "empty-"));
    const restored = await restoreBackup(elsewhere, sealed, identity);
    t.same([restored.missing, restored.kept], [[], []]);
    t.notOk(existsSync(join(elsewhere, "keys", "ledger.key")));
    t.equal(statSync(join(elsewhere, "keys", "identity.pem")).mode & 0o777, 0o600);
    t.match(JSON.parse(readFileSync(join(elsewhere, "config.json"), "utf8")), {
      "organisation.name": "Example",
    });
    const moved = await TestServer.start(elsewhere);
    t.same(await devicesOf(moved), before);
    t.equal(moved.id, server.id);
    await moved.stop();
    t.same((await restoreBackup(server.directory, plain, null)).kept, ["config.json"]);
    await server.restart();
    t.same(await devicesOf(server), before);
    await server.stop();
    const keyless = mkdtempSync(join(folder, "keyless-"));
    t.same((await restoreBackup(keyless, plain, null)).missing, [join(keyless, "keys", "identity.pem")]);
    const other = await TestServer.start(mkdtempSync(join(folder, "other-")));
    await other.stop();
    await t.rejects(restoreBackup(other.directory, plain, null), { message: /has the keys of/ });
  },
);
