// SECURITY.md is true: every test that it names is there.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";

const root = path.dirname(path.dirname(import.meta.dirname));
const text = readFileSync(path.join(root, "SECURITY.md"), "utf8");
/** `| rule | against | FILE "TITLE" |`; the title may be left out. */
const rows = [...text.matchAll(/^\| .* \| .* \| `([^`]+\.test\.ts)`(?: "(.+)")? \|$/gm)];

t.test("names a test for every rule", async (t) => {
  const lines = text.split("\n").filter((line) => /^\| (?!rule |---)/.test(line));
  t.ok(rows.length > 60);
  t.equal(rows.length, lines.length);
});

t.test("names tests that there are", async (t) => {
  for (const [, file = "", title] of rows) {
    t.ok(existsSync(path.join(root, file)), file);
    if (title === undefined) continue;
    const source = readFileSync(path.join(root, file), "utf8");
    t.ok(source.includes(title), `${file}: ${title}`);
  }
});
