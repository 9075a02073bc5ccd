// Consent is checked before a collector runs: the real agent, each of whose questions to the system is recorded, asks
// the machine for nothing but what the collectors of granted sections declared. Everything here follows from the
// declarations; a new collector needs no word.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import t, { type Test } from "tap";
import { homeSources, homesOf } from "../packages/agent/src/collecting/homes.ts";
import { openLook } from "../packages/agent/src/collecting/look.ts";
import type { AnyCollector } from "../packages/agent/src/collecting/run-collector.ts";
import { collectors } from "../packages/agent/src/collectors/index.generated.ts";
import { readAccounts } from "../packages/agent/src/linux/accounts.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";
import {
  allSections,
  categoryNames,
  type Grant,
  isGranted,
  type SectionDefinition,
} from "../packages/protocol/src/index.ts";
import { agentHere } from "./agent-here.ts";
import { root } from "./processes.ts";
import { reasonNotToTrace, type Touch, traced } from "./traced.ts";

const skip = reasonNotToTrace();
const node = process.execPath;
const agentProgram = join(root, "packages/agent/bin/rollcall-agent.mjs");
const folder = mkdtempSync(join(tmpdir(), "rollcall-looks-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const server = await TestServer.start(join(folder, "server"));
t.teardown(() => server.stop());

/** What Node does by itself, be it asked for nothing: with the same flags, as far as a file is opened. */
const bareProgram = `
  import { builtinModules } from "node:module";
  import { fork } from "node:child_process";
  for (const name of builtinModules) await import("node:" + name.replace("node:", "")).catch(() => {});
  String(new Date()) + new Intl.DateTimeFormat().format();
  if (!process.send) fork(process.argv[1], { execArgv: [], env: {} }).on("exit", () => fetch("unix:").catch(() => {}));
`;

async function touchedByNode(): Promise<ReadonlySet<string>> {
  const program = join(folder, "bare.mjs");
  writeFileSync(program, bareProgram);
  const { touches, code, stderr } = await traced([node, program], join(folder, "bare.log"));
  if (code !== 0) throw new Error(`the bare program ended with ${code}: ${stderr}`);
  return new Set(touches.map(keyOf));
}

const keyOf = ({ call, target }: Touch): string => `${call} ${target}`;
const bare = skip ? new Set<string>() : await touchedByNode();

/**
 * As `look` has it: what is declared is a path with what lies below it, and `/` the folder alone. A `*` stands for one
 * name, and the folder of those names is declared too.
 */
function isBelow(path: string, above: string): boolean {
  const [folder = "", ...others] = above.split("/*/");
  if (others.length === 0) return path === above || path.startsWith(`${above}/`);
  const name = /^\/[^/]+/.exec(path.slice(folder.length))?.[0];
  if (path === folder || name === undefined) return path === folder;
  return (
    path.startsWith(folder) && isBelow(path.slice(folder.length + name.length), `/${others.join("/*/")}`)
  );
}

/** Its sources, its state, and the program that it runs on. */
const ownFolders = [root, folder, dirname(dirname(node))];
/** How Node and the agent find out where these are, and whether others may write there. */
const waysThere = new Set(["statx", "newfstatat", "lstat", "stat", "readlink", "access", "execve", "chdir"]);

/** The C library's (malloc) and the engine's (its clock) now and then, a child's streams, the lock's (when it started). */
const ofProcess = /^\/dev\/null$|^\/proc\/sys\/vm\/overcommit_memory$|\/tsc_freq_khz$|^\/proc\/self\/stat$/;

function isOwn({ call, target }: Touch): boolean {
  const path = target.replace(/^unix:/, "");
  if (ofProcess.test(path) || ownFolders.some((own) => isBelow(path, own))) return true;
  if (basename(path) === "package.json") return ownFolders.some((own) => isBelow(own, dirname(path)));
  return waysThere.has(call) && (path === "/" || ownFolders.some((own) => isBelow(own, path)));
}

const here: readonly AnyCollector[] = collectors;

/** What a section's declarations allow. */
function isDeclaredBy({ name, sources }: SectionDefinition, { call, target }: Touch): boolean {
  const declared = here.find(({ section }) => section === name)?.platforms.linux;
  if (declared && "homes" in declared) return isOfHomes(declared.homes, { call, target });
  const { reads = [], programs = [] } = declared ?? {};
  if (call === "execve") return programs.includes(target);
  if (reads.some((read) => isBelow(target, read))) return true;
  return (sources.linux ?? []).some(
    (source) => interfaces[source]?.({ call, target }) ?? target === source.replace(/^udp:/, ""),
  );
}

const homes = homesOf(readAccounts(openLook({ root: null, reads: homeSources })), process.getuid?.() ?? -1);

/** Whose homes there are, what is declared in each, and the way there. */
function isOfHomes(places: readonly string[], { call, target }: Touch): boolean {
  const declared = homes.flatMap(({ path }) => places.map((place) => place.replace("~", path)));
  return (
    homeSources.includes(target) ||
    declared.some((place) => isBelow(target, place) || (waysThere.has(call) && isBelow(place, target)))
  );
}

/** Sources that are no paths: what asking them looks like. */
const interfaces: Readonly<Record<string, (touch: Touch) => boolean>> = {
  "statfs(2)": ({ call }) => call === "statfs",
  "getifaddrs(3)": ({ target }) => target === "netlink",
};

/** What was touched beyond Node, the agent itself, and what these sections declare. */
function beyond(touches: readonly Touch[], sections: readonly SectionDefinition[]): Touch[] {
  return touches
    .filter((touch) => !isOwn(touch) && !bare.has(keyOf(touch)))
    .filter((touch) => !sections.some((section) => isDeclaredBy(section, touch)));
}

const agent = (state: string, ...args: string[]) => agentHere(join(folder, state), args);

async function enrolled(t: Test, state: string, ownership: string, list: string | null) {
  const { body } = await server.admin("POST", "/api/v1/enrolment-tokens", { local: true, ownership });
  const grant = list === null ? [] : ["--grant", list];
  t.match(await agent(state, "enrol", String(Object(body).enrolment), ...grant), { code: 0 });
}

/** What the state says is granted: the grants that the agent goes by. */
async function grantedIn(state: string): Promise<readonly SectionDefinition[]> {
  const { stdout } = await agent(state, "consent", "list", "--json");
  const grants: Grant[] = JSON.parse(stdout).grants;
  return allSections.filter((definition) => isGranted(definition, grants));
}

async function touchedBy(t: Test, state: string, ...args: string[]): Promise<readonly Touch[]> {
  const line = [node, agentProgram, ...args, "--state", join(folder, state)] as const;
  const { touches, code, stderr } = await traced(line, join(folder, "agent.log"));
  t.equal(code, 0, `${args.join(" ")} of ${state}: ${stderr}`);
  return touches;
}

/** Sections of whose own sources something was touched. */
const lookedAt = (touches: readonly Touch[], sections: readonly SectionDefinition[]): string[] =>
  sections.filter((section) => touches.some((touch) => isDeclaredBy(section, touch))).map(({ name }) => name);

const withSources = (sections: readonly SectionDefinition[]) =>
  sections.filter(({ name }) =>
    here.some(({ section, platforms: { linux } }) => {
      return section === name && linux && ("homes" in linux || linux.reads.length > 0);
    }),
  );

/** Runs a command of an enrolled agent, which asks for everything that is granted and nothing else. */
async function demandOnlyGranted(t: Test, state: string, what: string, ...args: string[]) {
  const granted = await grantedIn(state);
  const touches = await touchedBy(t, state, ...args);
  t.same(beyond(touches, granted).map(keyOf), [], `nothing beyond ${what}`);
  // Below a choice of its own the location is not looked for at all.
  const read = withSources(granted).filter(({ name }) => name !== "location");
  t.same(
    lookedAt(touches, read),
    read.map(({ name }) => name),
    `all of ${what}`,
  );
}

const nameOf = (list: string): string => `personal-${list.replaceAll(/[^a-z]/g, "-")}`;

t.test("asks the machine only for what is granted, whatever is", { skip }, async (t) => {
  const single = categoryNames.filter((name) =>
    withSources(allSections).some(({ category }) => category === name),
  );
  const some = "location=precise,network,nearby,system:trends,software:support";
  for (const list of [...single, "full", some]) {
    await enrolled(t, nameOf(list), "personal", list);
    await demandOnlyGranted(t, nameOf(list), list, "check-in");
  }
  await enrolled(t, "organisation", "organisation", null);
  await demandOnlyGranted(t, "organisation", "the organisation's defaults", "check-in");
});

t.test("asks for no more in a process of its own, and to show it", { skip }, async (t) => {
  const state = nameOf("system");
  // As after a crash: what looks is a child.
  writeFileSync(join(folder, state, "looking"), "");
  await demandOnlyGranted(t, state, "system, in a child", "check-in");
  await demandOnlyGranted(t, state, "system, shown", "show");
});

t.test("asks for nothing any more once it is withdrawn", { skip }, async (t) => {
  const state = nameOf("full");
  t.match(await agent(state, "consent", "withdraw", "all"), { code: 0 });
  await demandOnlyGranted(t, state, "what cannot be withdrawn", "check-in");
});

t.test("asks the machine for nothing to tell what was granted, sent and done", { skip }, async (t) => {
  for (const command of ["status", "show --sent", "check-in --if-due"])
    t.same(beyond(await touchedBy(t, nameOf("system"), ...command.split(" ")), []), [], command);
});

t.test("would see each look at what is not granted", { skip }, async (t) => {
  const everything = await touchedBy(t, "organisation", "show", "--all");
  const [granted, others] = [true, false].map((is) =>
    withSources(allSections).filter(({ category }) => (category === "essential") === is),
  );
  t.same(
    lookedAt(beyond(everything, granted ?? []), others ?? []),
    others?.map(({ name }) => name),
  );

  const program = join(folder, "looks.mjs");
  writeFileSync(program, looks);
  const { touches } = await traced([node, program], join(folder, "looks.log"));
  const seenOfIt = beyond(touches, []).map(keyOf);
  const missed = looksOfIt.filter((look) => !seenOfIt.some((key) => look.test(key)));
  t.same(missed, []);
});

/** How each of the looks below is recorded. */
const looksOfIt = [
  /^access \/etc\/hostname$/,
  /^openat .* \/etc\/hostname$/,
  /^readlink \/etc\/hostname$/,
  /^statfs \/etc\/hostname$/,
  /^statx \/etc\/hostname$/,
  /^execve \/etc\/hostname$/,
  /^openat .* \/etc\/apt$/,
  /^socket netlink$/,
  /^connect unix:\/run\/nobody$/,
  /^connect 127\.0\.0\.1:9$/,
  /^send 127\.0\.0\.1:9$/,
];

/** One look of each kind. */
const looks = `
  import { accessSync, readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
  import { createSocket } from "node:dgram";
  import { connect } from "node:net";
  import { networkInterfaces } from "node:os";
  import { spawnSync } from "node:child_process";
  const tried = (work) => { try { work(); } catch {} };
  const file = "/etc/hostname";
  for (const look of [accessSync, readFileSync, readlinkSync, statfsSync, statSync, spawnSync]) tried(() => look(file));
  tried(() => readdirSync("/etc/apt"));
  networkInterfaces();
  for (const to of [{ path: "/run/nobody" }, { host: "127.0.0.1", port: 9 }]) connect(to).on("error", () => {});
  const datagrams = createSocket("udp4");
  datagrams.send("who?", 9, "127.0.0.1", () => datagrams.close());
`;
