// A file tree made to do harm, at every path that any collector declares: nothing outside it is read, nothing hangs,
// each section says what came of it, and none takes the others along.
import { execFileSync, spawn } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import t from "tap";
import { z } from "zod";
import type { AnyCollector } from "../packages/agent/src/collecting/run-collector.ts";
import { collectors } from "../packages/agent/src/collectors/index.generated.ts";
import { allSections } from "../packages/protocol/src/index.ts";
import { ended, root as repository } from "./processes.ts";
import { reasonNotToTrace, traced } from "./traced.ts";

const folder = mkdtempSync(join(tmpdir(), "rollcall-hostile-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** Stands outside every tree; nobody may see it. */
const secret = "kept-outside-4f1c";
const outside = join(folder, "outside");
mkdirSync(outside);
for (const name of ["secret", "ID=secret"])
  writeFileSync(join(outside, name), `ID=${secret}\nNAME=${secret}\n`);

const every: readonly AnyCollector[] = collectors;
const declared = every.flatMap(({ platforms: { linux } }) => (linux && "reads" in linux ? linux.reads : []));
/** Those below which nothing else is declared: there the harm stands. */
const places = [...new Set(declared)].filter(
  (path) => path !== "/" && !declared.some((other) => other.startsWith(`${path}/`)),
);

/** What stands at each of the places. */
const harms: Readonly<Record<string, (at: string, root: string) => void>> = {
  "pipes that nobody writes to": (at) => execFileSync("mkfifo", [at]),
  "links out of the tree": (at) => symlinkSync(join(outside, "secret"), at),
  "links to a folder outside": (at) => symlinkSync(outside, at),
  "links that climb out": (at) => symlinkSync(`${"../".repeat(40)}${outside}`, at),
  "links in circles": (at) => symlinkSync(at.slice(at.lastIndexOf("/") + 1), at),
  "links to the tree itself": (at) => symlinkSync("/", at),
  "files of two gigabytes": (at) => {
    writeFileSync(at, "ID=large\n");
    truncateSync(at, 2 * 2 ** 30);
  },
  garbage: (at) => writeFileSync(at, garbage),
  "folders of a thousand strange names": (at, root) => {
    // One folder stands for all; a tree of links inside itself.
    symlinkSync("/strange", at);
    mkdirSync(join(root, "strange"), { recursive: true });
  },
};

/** The same bytes each time: every value, in runs that look like lines, keys and structures. */
const garbage = Buffer.from(
  Array.from({ length: 60_000 }, (_, index) => (index * index * 31 + (index >> 3) * 7) & 0xff),
);

function treeOf(name: string): string {
  const root = mkdtempSync(join(folder, "tree-"));
  for (const place of places) {
    const at = join(root, place);
    mkdirSync(dirname(at), { recursive: true });
    harms[name]?.(at, root);
  }
  if (name.includes("strange names")) {
    const first = join(root, "strange", "\u001b[31m0\n");
    writeFileSync(first, garbage.subarray(0, 2_000));
    for (let index = 1; index < 1_000; index++)
      linkSync(first, join(root, "strange", `${index % 3 === 0 ? "\u001b]0;" : "é"}${index}.desc`));
  }
  return root;
}

const shown = z.object({
  sections: z.record(z.string(), z.object({ status: z.string(), document: z.unknown().optional() })),
});

/** What Node opens of the machine at its start, and to learn the name of the account. */
const ofNode =
  /^\/(?:proc\/(?:self|meminfo|version_signature|sys\/vm)|sys\/(?:fs\/cgroup|devices\/system\/cpu)|etc\/(?:ld\.|ssl|nsswitch|passwd|localtime)|usr\/|lib|dev\/(?:null|urandom)|tmp$)/;

const agent = [process.execPath, join(repository, "packages/agent/bin/rollcall-agent.mjs")] as const;
const inventoryOf = (root: string) =>
  [...agent, "show", "--all", "--json", "--state", join(folder, "none"), "--path-rootfs", root] as const;

for (const name of Object.keys(harms)) {
  t.test(`is not harmed by ${name}`, async (t) => {
    const root = treeOf(name);
    const [program, ...args] = inventoryOf(root);
    const { code, stdout, stderr } = await ended(spawn(program, args));
    t.equal(code, 0, stderr);
    const { sections } = shown.parse(JSON.parse(stdout));
    t.same(Object.keys(sections).sort(), allSections.map((section) => section.name).sort());
    const late = Object.entries(sections).filter(([, { status }]) => status === "timed-out");
    t.same(
      late.map(([section]) => section),
      [],
    );
    t.notOk(stdout.includes(secret) || stderr.includes(secret), "the secret stays where it is");
    rmSync(root, { recursive: true, force: true });
  });
}

for (const name of ["links out of the tree", "links to a folder outside", "links that climb out"]) {
  t.test(`opens nothing that is reached by ${name}`, { skip: reasonNotToTrace() }, async (t) => {
    const root = treeOf(name);
    const { code, touches, stderr } = await traced(inventoryOf(root), join(folder, "trace.log"));
    t.equal(code, 0, stderr);
    const opened = touches.filter(({ call }) => call.startsWith("open")).map(({ target }) => target);
    const isOwn = (path: string) =>
      [repository, root, join(folder, "none")].some((own) => path.startsWith(own));
    t.same(
      opened.filter((path) => !isOwn(path) && !ofNode.test(path)),
      [],
    );
    t.ok(
      opened.some((path) => path.startsWith(root)),
      "the tree itself was looked at",
    );
    rmSync(root, { recursive: true, force: true });
  });
}
