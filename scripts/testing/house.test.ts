// ARCHITECTURE.md is true: it names every folder there is, and no other.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import t from "tap";

const root = path.dirname(path.dirname(import.meta.dirname));

function foldersIn(...folder: string[]): string[] {
  const at = path.join(root, ...folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(node_modules|dist|\.)/.test(entry.name))
    .map(({ name }) => [...folder, name].join("/"));
}

const packages = foldersIn("packages");
const house = [
  ...packages,
  ...packages.flatMap((name) => foldersIn(name, "src")),
  ...["scripts", "test", "docs"].filter((name) => existsSync(path.join(root, name))),
  ...foldersIn("scripts"),
  ...foldersIn("test"),
];

t.test("names every folder of the house, each once, and no other", async (t) => {
  const text = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");
  const named = [...text.matchAll(/^\| `([a-z/-]+)` \|/gm)].map(([, name]) => name);
  t.same(named.toSorted(), house.toSorted());
});

t.test("fits on a page", async (t) => {
  const words = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8").split(/\s+/).length;
  t.ok(words < 2_300, `${words} words`);
});
