/** The server's keys: made once, kept whatever happens, and never replaced because one could not be read. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isAnnouncedBy, signCanonical, verifyCanonical } from "@rollcall/protocol";
import t from "tap";
import { openServerKeys } from "./server-keys.ts";

const start = () => Date.parse("2026-01-02T03:04:05Z");
const later = () => Date.parse("2027-01-02T03:04:05Z");
const names = ["identity.pem", "receipt.pem"];
const all = ["announced.json", ...names];
const filesIn = (directory: string) =>
  readdirSync(join(directory, "keys")).map((name) => [
    name,
    readFileSync(join(directory, "keys", name), "utf8"),
  ]);

t.test(
  "are made at the first start, for the server's account alone, and the same at every other",
  async (t) => {
    const directory = t.testdir({});
    const first = openServerKeys(directory, start);
    const files = filesIn(directory);
    t.same(
      files.map(([name]) => name),
      all,
      "and nothing temporary is left",
    );
    t.equal(statSync(join(directory, "keys")).mode & 0o777, 0o700);
    for (const name of all) t.equal(statSync(join(directory, "keys", name)).mode & 0o777, 0o600);
    const again = openServerKeys(directory, later);
    t.same(filesIn(directory), files);
    for (const key of ["identity", "receipt"] as const) {
      t.equal(again[key].publicKey, first[key].publicKey);
      t.ok(verifyCanonical(first[key].publicKey, { a: 1 }, signCanonical(again[key], { a: 1 })));
    }
    t.not(first.identity.publicKey, first.receipt.publicKey);
    t.not(openServerKeys(t.testdir({ other: {} }), start).identity.publicKey, first.identity.publicKey);
  },
);

t.test("announce the receipt key under the identity", async (t) => {
  const { identity, receipt, announcement } = openServerKeys(t.testdir({}), start);
  const { signature, ...statement } = announcement;
  t.same(statement, {
    use: "receipt-key",
    server: identity.publicKey,
    key: receipt.publicKey,
    at: "2026-01-02T03:04:05.000Z",
  });
  t.ok(isAnnouncedBy(identity.publicKey, announcement));
  t.notOk(isAnnouncedBy(receipt.publicKey, announcement));
  t.notOk(isAnnouncedBy(identity.publicKey, { ...announcement, key: identity.publicKey }));
});

t.test("makes the one that is missing, as after a first start that was interrupted", async (t) => {
  const directory = t.testdir({});
  const first = openServerKeys(directory, start);
  rmSync(join(directory, "keys", "receipt.pem"));
  const second = openServerKeys(directory, start);
  t.equal(second.identity.publicKey, first.identity.publicKey);
  t.not(second.receipt.publicKey, first.receipt.publicKey);
  t.ok(isAnnouncedBy(first.identity.publicKey, second.announcement));
});

const pem = (privateKey: ReturnType<typeof generateKeyPairSync>["privateKey"]) =>
  String(privateKey.export({ type: "pkcs8", format: "pem" }));

t.test("refuses a file that holds no such key, by name, and leaves it as it is", async (t) => {
  const right = pem(generateKeyPairSync("ed25519").privateKey);
  const contents = {
    nothing: "",
    text: "no key",
    half: right.slice(0, 60),
    another: pem(generateKeyPairSync("x25519").privateKey),
  };
  for (const [what, content] of Object.entries(contents))
    for (const name of names) {
      const directory = t.testdir({ keys: { [name]: content } });
      const file = join(directory, "keys", name);
      t.throws(
        () => openServerKeys(directory, start),
        { message: `${file} is not a key that this server can use` },
        what,
      );
      t.equal(readFileSync(file, "utf8"), content);
    }
  const directory = t.testdir({ keys: {} });
  mkdirSync(join(directory, "keys", "receipt.pem"));
  t.throws(() => openServerKeys(directory, start), { message: /receipt\.pem is not a key/ });
});
