// People's homes are looked at as the people they belong to: what hangs or leads elsewhere in one costs that one alone.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { homesOfPeople, rootOnly } from "../testing/people.ts";
import { errorOf } from "../testing/test-device.ts";
import type { Home } from "./homes.ts";
import { withHomes } from "./in-homes.ts";

const child = new URL("../testing/homes-child.ts", import.meta.url);
const extensions = "personal-software.browser-extensions";
const self = "personal-software.editor-extensions";
const facts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: null },
} as const;

const others = async () =>
  new Map([["memory", { section: "memory", status: "ok", diagnostics: [] } as const]]);

function look(homes: readonly Home[], sections: readonly string[], options = {}) {
  const found = () => ({ homes, notes: [] });
  const around = withHomes(others, { child, homes: found, limitMilliseconds: 2_000, ...options });
  return around({ sections, root: null, facts });
}

const item = (id: string, enabled: boolean) => ({ browser: "firefox", id, version: "1", enabled });

t.test(
  "makes one section of all homes, which says of nobody what is theirs",
  { skip: rootOnly },
  async (t) => {
    const homes = homesOfPeople(
      t,
      { ".mozilla/list": "ublock off" },
      { ".mozilla/list": "ublock on" },
      { ".mozilla/list": "noscript off" },
      {},
    );
    const outcomes = await look(homes, ["memory", extensions]);
    t.same(Object.fromEntries(outcomes), {
      memory: { section: "memory", status: "ok", diagnostics: [] },
      [extensions]: {
        section: extensions,
        status: "ok",
        document: { extensions: [item("ublock", true), item("noscript", false)] },
        diagnostics: [],
      },
    });
  },
);

t.test("is the person for good, and nothing of the agent's goes along", { skip: rootOnly }, async (t) => {
  process.env.OF_THE_AGENT = "a secret";
  const outcomes = await look(homesOfPeople(t, {}, {}), [self]);
  const person = { regained: "itself alone", environment: "", folder: "/" };
  t.same(outcomes.get(self)?.document, {
    extensions: [
      { ids: "71001,72001,72001", ...person },
      { ids: "71002,72002,72002", ...person },
    ],
  });
});

t.test("reads through a link what the person may read, and nothing more", { skip: rootOnly }, async (t) => {
  const [ada, bob] = homesOfPeople(
    t,
    { ".mozilla/list": { link: "../own" }, own: "ublock on" },
    { ".mozilla/list": { link: "../../home-0/own" } },
  );
  if (!ada || !bob) throw new Error("two were asked for");
  t.match((await look([ada], [extensions])).get(extensions)?.document, {
    extensions: [item("ublock", true)],
  });
  t.same((await look([bob], [extensions])).get(extensions), {
    section: extensions,
    status: "denied",
    diagnostics: ["~/.mozilla/list: not permitted"],
  });
});

t.test("gives up a home in which something hangs, and no other", { skip: rootOnly }, async (t) => {
  const homes = homesOfPeople(t, { ".mozilla/list": "hang" }, { ".mozilla/list": "ublock on" });
  const outcomes = await look(homes, [extensions, self]);
  t.match(outcomes.get(extensions), {
    status: "ok",
    document: { extensions: [item("ublock", true)] },
    diagnostics: ["1 homes are not in it: timed-out", "took over 2000 ms"],
  });
  t.match(
    outcomes.get(self),
    { document: { extensions: [{ ids: "71002,72002,72002" }] } },
    "it was not begun again",
  );
});

t.test("waits for no pipe that was put in a file's place", { skip: rootOnly }, async (t) => {
  const [home] = homesOfPeople(t, {});
  if (!home) throw new Error("one was asked for");
  mkdirSync(join(home.path, ".mozilla"));
  spawnSync("mkfifo", [join(home.path, ".mozilla/list")]);
  t.match((await look([home], [extensions])).get(extensions), {
    status: "none",
    diagnostics: ["~/.mozilla/list: not a regular file"],
  });
});

t.test("begins with no further home once they took too long together", { skip: rootOnly }, async (t) => {
  const homes = homesOfPeople(t, { ".mozilla/list": "ublock on" }, { ".mozilla/list": "noscript on" });
  const outcomes = await look(homes, [extensions], { allMilliseconds: 0 });
  t.match(outcomes.get(extensions), { status: "timed-out" });
});

t.test("looks at nothing where it cannot be the person", async (t) => {
  const path = t.testdir({ ".mozilla": { list: "ublock on" } });
  // No system lets anybody be this one.
  const outcomes = await look([{ path, uid: 2 ** 32 - 1, gid: 72_001 }], [extensions]);
  t.match(outcomes.get(extensions), { status: "denied", diagnostics: [/^cannot be its person/] });
});

t.test("ends at once when it is asked to", { skip: rootOnly }, async (t) => {
  const asked = new AbortController();
  const homes = homesOfPeople(t, { ".mozilla/list": "hang" });
  const ended = errorOf(look(homes, [extensions], { limitMilliseconds: 60_000, signal: asked.signal }));
  setImmediate(() => asked.abort());
  t.match(await ended, { code: "stopped" });
});

t.test("has nothing to tell where nobody has a home", async (t) => {
  t.same((await look([], [extensions])).get(extensions), {
    section: extensions,
    status: "none",
    diagnostics: [],
  });
});

t.test("leaves another machine's homes to who reads its files", async (t) => {
  const asked: string[][] = [];
  const around = withHomes(async ({ sections }) => {
    asked.push([...sections]);
    return new Map();
  });
  await around({ sections: ["memory", extensions], root: "/mnt", facts });
  t.same(asked, [["memory", extensions]]);
});
