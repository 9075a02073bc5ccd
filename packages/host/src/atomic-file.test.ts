/** Files are whole or as before, and for their owner alone. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { removeLeftovers, writeAtomically } from "./atomic-file.ts";

t.test("replaces a file, for its owner alone, and leaves nothing else", async (t) => {
  const folder = t.testdir({ "a.json": "old" });
  writeAtomically(join(folder, "a.json"), "new");
  t.equal(readFileSync(join(folder, "a.json"), "utf8"), "new");
  t.equal(statSync(join(folder, "a.json")).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ["a.json"]);
});

t.test("writes all of a large file", async (t) => {
  const folder = t.testdir();
  const content = Buffer.alloc(5_000_000, "ü");
  writeAtomically(join(folder, "a"), content);
  t.ok(readFileSync(join(folder, "a")).equals(content));
});

t.test("leaves the old file, and no half of a new one, when it cannot be replaced", async (t) => {
  const folder = t.testdir({ "a.json": { "in-the-way": "" } });
  t.throws(() => writeAtomically(join(folder, "a.json"), "new"));
  t.same(readdirSync(folder), ["a.json"]);
});

t.test("is not disturbed by what a killed writer left, which goes with the next lock", async (t) => {
  const folder = t.testdir({ "a.json": "old", ".a.json.0123456789ab.tmp": "ne", ".profile.tmp": "mine" });
  t.equal(readFileSync(join(folder, "a.json"), "utf8"), "old");
  writeAtomically(join(folder, "a.json"), "new");
  writeFileSync(join(folder, "b"), "");
  removeLeftovers(folder);
  t.same(readdirSync(folder).sort(), [".profile.tmp", "a.json", "b"]);
});
