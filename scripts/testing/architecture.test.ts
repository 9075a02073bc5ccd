// The arrows between the packages are really checked: each rule is broken on purpose, with the project's own
// configuration. A check that reads nothing finds nothing, and nobody would notice.
import { spawnSync } from "node:child_process";
import path from "node:path";
import t from "tap";

const root = path.dirname(path.dirname(import.meta.dirname));
const cruiser = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");

/** @returns names of the rules that these sources break, each once */
function brokenRules(folder: string): string[] {
  const args = [cruiser, "--config", path.join(root, ".dependency-cruiser.mjs"), "packages", "scripts"];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  const rules = [...stdout.matchAll(/^ *error ([a-z-]+): /gm)].map(([, rule = ""]) => rule);
  // Only the exit code decides in `npm test`.
  if (rules.length > 0 === (status === 0)) throw new Error(`ended with ${status}, but said: ${stdout}`);
  return [...new Set(rules)].sort();
}

/** One source file in each place, of which the named ones have another content. */
function repository(sources: Record<string, string>): Record<string, string> {
  const places = ["protocol/src/a", "host/src/a", "agent/src/a", "ingest/src/a", "ingest/src/http/a"];
  const quiet = Object.fromEntries(
    places.map((place) => [`packages/${place}.ts`, "export const a: number = 1;"]),
  );
  return { ...quiet, "scripts/a.ts": "export {};", ...sources };
}

const violations = {
  "protocol-stands-alone": {
    "packages/protocol/src/b.ts": `import type { a } from "../../ingest/src/a.ts"; export type B = typeof a;`,
  },
  "protocol-does-no-io": {
    "packages/protocol/src/b.ts": `export const read = async () => await import("node:fs/promises");`,
  },
  "host-stands-alone": { "packages/host/src/b.ts": `export * from "../../protocol/src/a.ts";` },
  "host-is-for-the-programs": {
    "packages/console/src/b.ts": `import { a } from "../../host/src/a.ts"; export const b = a;`,
  },
  "agent-is-no-server": { "packages/agent/src/b.ts": `export { a } from "../../ingest/src/a.ts";` },
  "ingest-is-no-agent": { "packages/ingest/src/b.ts": `export { a } from "../../agent/src/a.ts";` },
  "packages-stand-without-the-repository": { "packages/agent/src/b.ts": `import "../../../scripts/a.ts";` },
  "store-knows-no-http": { "packages/ingest/src/store/b.ts": `export type { a } from "../http/a.ts";` },
  "queries-stay-in-their-domain": {
    "packages/ingest/src/search/b.ts": `import "../inventory/queries.ts";`,
    "packages/ingest/src/inventory/queries.ts": "export {};",
  },
  "collectors-load-little": {
    "packages/agent/src/collectors/b.ts": `import { a } from "../../../protocol/src/a.ts"; export const b = a;`,
  },
  "no-tests-in-the-program": {
    "packages/agent/src/b.ts": `import "./c.test.ts";`,
    "packages/agent/src/c.test.ts": "export {};",
  },
  "no-cycles": {
    "packages/agent/src/b.ts": `import "./c.ts";`,
    "packages/agent/src/c.ts": `import "./b.ts";`,
  },
  "no-unresolved": { "packages/agent/src/b.ts": `import "./not-there.ts";` },
};

t.test("finds nothing wrong with sources that keep to the arrows", async (t) => {
  const allowed = {
    "packages/protocol/src/b.ts": `import { createHash } from "node:crypto"; export const b = createHash;`,
    "packages/agent/src/b.ts": `export { a } from "../../protocol/src/a.ts"; import "../../host/src/a.ts";`,
    "packages/ingest/src/http/b.ts": `export { a } from "../../../protocol/src/a.ts"; import "node:http";`,
    "packages/ingest/src/search/b.ts": `import "./queries.ts";`,
    "packages/ingest/src/search/queries.ts": "export {};",
    "packages/agent/src/collectors/b.ts": `import type { a } from "../../../protocol/src/a.ts"; export type B = typeof a;`,
  };
  t.same(brokenRules(t.testdir(nested(repository(allowed)))), []);
});

for (const [rule, sources] of Object.entries(violations)) {
  t.test(`finds what breaks ${rule}`, async (t) => {
    const broken = brokenRules(t.testdir(nested(repository(sources))));
    t.ok(broken.includes(rule), { broken });
  });
}

t.test("breaks every rule there is", async (t) => {
  const { default: config } = await import("../../.dependency-cruiser.mjs");
  t.same(Object.keys(violations).sort(), config.forbidden.map(({ name }) => name).sort());
});

interface Folder {
  [name: string]: string | Folder;
}

/** As `t.testdir` takes it: folders within folders. */
function nested(files: Record<string, string>): Folder {
  const top: Folder = {};
  for (const [file, content] of Object.entries(files)) place(top, file.split("/"), content);
  return top;
}

function place(folder: Folder, [name = "", ...rest]: string[], content: string): void {
  if (rest.length === 0) {
    folder[name] = content;
    return;
  }
  const inner = folder[name];
  const next = typeof inner === "object" ? inner : {};
  folder[name] = next;
  place(next, rest, content);
}
