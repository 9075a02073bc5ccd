// Whose homes are looked at: those of people, on this machine, and only where there may be something.
import t, { type Test } from "tap";
import { machineTree, type Tree } from "../testing/collected.ts";
import { homeSources, homesWith } from "./homes.ts";
import { openLook } from "./look.ts";

const places = ["~/.mozilla/firefox", "~/.vscode/extensions"];

interface Around {
  readonly homes: Tree;
  readonly accounts: readonly string[];
  readonly mounts?: readonly string[];
  readonly account?: number;
}

/** By their accounts' numbers. HOMES is where the homes of the tree lie. */
function found(t: Test, { homes, accounts, mounts = [], account = 0 }: Around) {
  const lines = (texts: readonly string[]) => texts.join("\n").replaceAll("HOMES", t.testdirName);
  const root = machineTree(t, {
    ...homes,
    "/etc/passwd": lines(accounts),
    "/proc/self/mountinfo": lines(["1 0 8:1 / / rw - ext4 /dev/sda1 rw", ...mounts]),
  });
  const look = openLook({ root, reads: homeSources });
  return { uids: homesWith(places, look, account).map(({ uid }) => uid), notes: look.notes };
}

const person = (uid: number, home = `p${uid}`) => `p${uid}:x:${uid}:${uid}::HOMES/${home}:/bin/bash`;
const withFirefox = (...uids: readonly number[]): Tree =>
  Object.fromEntries(uids.map((uid) => [`/p${uid}/.mozilla/firefox`, "folder"]));

t.test("looks at homes of people who can log in and may have something", async (t) => {
  const around = {
    homes: {
      ...withFirefox(0, 999, 1000, 1003),
      "/p1001/.mozilla": "folder",
      "/p1002/.vscode": { link: "/nowhere" },
    },
    accounts: [
      person(0),
      person(1002),
      person(1000),
      "again:x:1005:1005::HOMES/p1000/:/bin/zsh",
      person(1001),
      "locked:x:1003:1003::HOMES/p1003:/usr/sbin/nologin",
      person(999),
      person(1004, "missing"),
      "whole:x:1006:1006::/:/bin/bash",
      "none:x:1007:1007:::/bin/bash",
    ],
  } as const;
  t.same(found(t, around), { uids: [0, 1000, 1002], notes: [] });
  t.same(found(t, { ...around, account: 1000 }).uids, [1000], "everybody but root sees the own home alone");
  t.same(found(t, { ...around, account: 1003 }).uids, []);
  t.same(found(t, { ...around, account: 4711 }).uids, []);
});

t.test("does not ask homes that lie on another machine, or are mounted on the way", async (t) => {
  const around = {
    homes: { ...withFirefox(1000, 1001, 1002), "/p1003": "folder" },
    accounts: [person(1000), person(1001), person(1002), person(1003)],
  } as const;
  const mounts = [
    "2 1 0:40 / HOMES/p1000 rw - nfs4 server:/ada rw",
    "3 1 0:41 / HOMES/p1001 rw - autofs auto.home rw",
    "4 1 0:42 / HOMES/p1003/cloud rw - fuse.sshfs somewhere rw",
  ];
  // What is mounted within a home only its person asks, so whether there is something is not known.
  t.same(found(t, { ...around, mounts }).uids, [1002, 1003]);
  t.same(found(t, { ...around, mounts: ["2 1 0:40 / HOMES rw - nfs server:/home rw"] }).uids, []);
});

t.test("looks at no more than sixteen, and says so", async (t) => {
  const numbers = Array.from({ length: 18 }, (_, at) => 1_000 + at);
  const accounts = numbers.map((uid) => person(uid));
  t.same(found(t, { homes: withFirefox(...numbers), accounts }), {
    uids: numbers.slice(0, 16),
    notes: ["2 homes were not looked at"],
  });
});
