// Section `accounts`: who can use a machine, who rules it, and nothing of a password.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import t from "tap";
import { parseFirstPerson, parseGroups, parsePasswd } from "../linux/accounts.ts";
import { parseDoas, parseSudoers } from "../linux/administrators.ts";
import { parseShadow, passwordState } from "../linux/passwords.ts";
import { collected, type Tree } from "../testing/collected.ts";

const hash = "$y$j9T$secretsecretsecret$hashhashhash";
const tree: Tree = {
  "/etc/passwd": `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
alice:x:1000:1000:Alice Doe,Room 7,555:/home/alice:/bin/bash
bob:x:1001:1001::/home/bob:
old:${hash}:1002:100:Old:/home/old:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
+::::::
`,
  "/etc/shadow": `root:*:19500:0:99999:7:::
alice:${hash}:19700:0:99999:7:::
bob::19701:0:99999:7::20000:
`,
  "/etc/group": "root:x:0:\nsudo:x:27:alice\nusers:x:100:bob, alice\nops:x:2000:\n",
  "/etc/login.defs": "# UID_MIN 5\nUID_MIN\t\t 1000\n",
  "/etc/sudoers":
    "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
  "/etc/sudoers.d/90-old": "old ALL=(ALL) NOPASSWD: ALL\n",
  "/etc/sudoers.d/README.old": "bob ALL=(ALL) ALL\n",
};

t.test("lists accounts and groups, with nothing of a password but its state", async (t) => {
  const found = await collected(t, "accounts", tree);
  t.same([found.status, found.diagnostics], ["ok", []]);
  t.same(found.document, {
    accounts: [
      {
        name: "alice",
        uid: "1000",
        fullName: "Alice Doe",
        home: "/home/alice",
        shell: "/bin/bash",
        system: false,
        administrator: true,
        password: "set",
        passwordChangedAt: "2023-12-09T00:00:00.000Z",
      },
      {
        name: "bob",
        uid: "1001",
        home: "/home/bob",
        system: false,
        administrator: false,
        password: "empty",
        passwordChangedAt: "2023-12-10T00:00:00.000Z",
        expiresAt: "2024-10-04T00:00:00.000Z",
      },
      {
        name: "daemon",
        uid: "1",
        fullName: "daemon",
        home: "/usr/sbin",
        shell: "/usr/sbin/nologin",
        system: true,
        administrator: false,
      },
      {
        name: "nobody",
        uid: "65534",
        fullName: "nobody",
        home: "/nonexistent",
        shell: "/usr/sbin/nologin",
        system: true,
        administrator: false,
      },
      {
        name: "old",
        uid: "1002",
        fullName: "Old",
        home: "/home/old",
        shell: "/bin/sh",
        system: false,
        administrator: true,
        password: "set",
      },
      {
        name: "root",
        uid: "0",
        fullName: "root",
        home: "/root",
        shell: "/bin/bash",
        system: true,
        administrator: true,
        password: "locked",
      },
    ],
    groups: [
      { name: "ops", gid: "2000" },
      { name: "root", gid: "0" },
      { name: "sudo", gid: "27", members: ["alice"] },
      { name: "users", gid: "100", members: ["alice", "bob"] },
    ],
  });
  t.notOk(JSON.stringify(found).includes("secret"));
  t.match(await collected(t, "accounts", {}), { status: "none", diagnostics: [] });
});

t.test("knows who may do everything by sudo, and who only something", (t) => {
  const sudoers = `# alice ALL=(ALL) ALL
User_Alias OPS = carol, dave
OPS ALL = (ALL) ALL
%wheel\tALL=(ALL)\tALL
%#27 ALL=NOPASSWD: ALL
erin, frank ALL = (root) NOPASSWD: /bin/ls, ALL
#1005 ALL=(ALL) ALL
gina ALL=(postgres) ALL
henry ALL=(ALL) /usr/bin/apt
ivan web1=(ALL) ALL
ALL ALL=(ALL) ALL
Cmnd_Alias ALLOWED = ALL
joan ALL=(ALL) \\
  ALL # for now
`;
  t.same(parseSudoers(sudoers), ["carol", "dave", "%wheel", "%#27", "erin", "frank", "#1005", "joan"]);
  t.same(parseSudoers("=\nx=\n ALL\nx ALL=(ALL\n"), []);
  t.same(
    parseDoas(
      "permit persist :wheel\npermit nopass bob as root\npermit eve cmd ls\ndeny :x\npermit setenv { A B } al\npermit joe as db\n",
    ),
    ["%wheel", "bob", "al"],
  );
  t.end();
});

t.test("takes the usual groups for administrators where the rules may not be read", async (t) => {
  // A folder in the file's place: it is there and cannot be read, whoever asks.
  const { "/etc/sudoers": _, ...hidden } = tree;
  const { document } = await collected(t, "accounts", { ...hidden, "/etc/sudoers": "folder" });
  const accounts: { name: string; administrator: boolean }[] = Object(document).accounts;
  t.same(
    accounts.flatMap(({ name, administrator }) => (administrator ? [name] : [])),
    ["alice", "old", "root"],
  );
});

t.test("tells password states by what shadow(5) says of them", (t) => {
  t.same(["", "!", "*", "!!", `!${hash}`, hash, "ab1Xy/zzzzzzz"].map(passwordState), [
    "empty",
    "locked",
    "locked",
    "locked",
    "locked",
    "set",
    "set",
  ]);
  t.same(
    [...parseShadow("a:!:0::::::\nb\nc:x:99999:::::99999:\nc:!:1\n")],
    [
      ["a", { password: "locked" }],
      ["c", { password: "set" }],
    ],
  );
  t.end();
});

t.test("passes over lines that are no accounts", (t) => {
  t.same(
    parsePasswd("\n:x:1:1:::\n+nis:x:1:1:::\na:x:b:1:::\na:x:4294967295:1:::\na:x:1:1:::::\n#a:x:1:1:::\n"),
    [],
  );
  t.same(parseGroups("a:x:1:b,,c\na:x:2:\n-d:x:3:\ne:x:\n"), [{ name: "a", gid: 1, members: ["b", "c"] }]);
  t.same(
    ["", "UID_MIN", "UID_MIN 500\n", "#UID_MIN 5\nUID_MIN 600"].map(parseFirstPerson),
    [1000, 1000, 500, 600],
  );
  t.end();
});

const getent = spawnSync("/usr/bin/getent", ["-s", "files", "passwd"], { encoding: "utf8" });

t.test(
  "lists this machine's as getent does",
  { skip: getent.status === 0 ? false : "getent is not installed here" },
  async (t) => {
    const { document } = await collected(t, "accounts", null);
    const accounts: { name: string; uid: string; home?: string; shell?: string }[] =
      Object(document).accounts;
    const ours = accounts.map(({ name, uid, home = "", shell = "" }) => [name, uid, home, shell].join(":"));
    const theirs = getent.stdout
      .trim()
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name, , uid, , , home, shell]) => [name, uid, home, shell].join(":"));
    t.same(ours, theirs.sort());
  },
);

t.test("passes its definition whatever the files hold", async () => {
  const word = fc.oneof(
    fc.constantFrom("root", "x", "0", "1000", "", "ALL=(ALL) ALL", "%a"),
    fc.string({ maxLength: 8 }),
  );
  const text = fc
    .array(
      fc.array(word, { maxLength: 9 }).map((words) => words.join(":")),
      { maxLength: 6 },
    )
    .map((lines) => lines.join("\n"));
  await fc.assert(
    fc.asyncProperty(text, text, text, async (passwd, shadow, rules) => {
      const files = {
        "/etc/passwd": passwd,
        "/etc/shadow": shadow,
        "/etc/group": passwd,
        "/etc/sudoers": rules,
        "/etc/doas.conf": rules,
      };
      const { status } = await collected(t, "accounts", files);
      return status === "ok" || status === "none";
    }),
    { numRuns: 60 },
  );
});
