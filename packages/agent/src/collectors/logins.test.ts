// Section `logins`: who is logged in, who mostly was, and nobody else.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import t from "tap";
import { parseUtmp, utmpRecordBytes } from "../linux/utmp.ts";
import { collected } from "../testing/collected.ts";
import { parseSession, usualOf } from "./logins.ts";

interface Entry {
  readonly type?: number;
  readonly user?: string;
  readonly line?: string;
  readonly host?: string;
  readonly address?: number;
  readonly at?: number;
}

const start = Date.UTC(2024, 4, 1, 8) / 1_000;

/** A record as glibc on 64-bit x86 writes it; the other layouts differ in what the arguments say. */
function record(
  entry: Entry,
  { bytes = 384, time = 340, address = 348, isLittleEndian = true } = {},
): Buffer {
  const made = Buffer.alloc(bytes);
  const view = new DataView(made.buffer, made.byteOffset, bytes);
  view.setInt16(0, entry.type ?? 7, isLittleEndian);
  view.setInt32(4, 4_242, isLittleEndian);
  made.write(entry.line ?? "tty1", 8);
  made.write("1", 40);
  made.write(entry.user ?? "alice", 44);
  made.write(entry.host ?? "", 76);
  view.setInt32(time, entry.at ?? start, isLittleEndian);
  view.setUint32(address, entry.address ?? 0, isLittleEndian);
  return made;
}

const day = 86_400;
const others: readonly Entry[] = [
  { type: 2, user: "reboot", line: "~", host: "6.1.0-37-amd64" },
  { type: 1, user: "runlevel", line: "~" },
  { type: 5, user: "", line: "tty1" },
  { type: 6, user: "LOGIN", line: "tty1" },
  { type: 8, user: "", line: "tty1" },
  { type: 1, user: "shutdown", line: "~" },
];
const history = Buffer.concat(
  [
    ...others,
    { at: start },
    { at: start + 3_600, line: "pts/0", host: "192.0.2.7", address: 0x0700_00c0 },
    { at: start + day, line: ":0", host: ":0" },
    { user: "bob", at: start + 2 * day, line: "pts/1", host: "laptop.example.org" },
    { user: "gdm", at: start + 2 * day, line: "seat0", host: "login screen" },
    { user: "root", at: start + 2 * day },
    { user: "early", at: start - 100 * day },
    ...others,
  ].map((entry) => record(entry)),
);

t.test(
  "tells on how many days who logged in, and takes no start, run level or terminal for a person",
  async (t) => {
    const found = await collected(t, "logins", {
      "/etc/passwd": "root:x:0:0::/root:\ngdm:x:120:120::/var/lib/gdm:\nalice:x:1000:1000::/home/alice:\n",
      "/run/utmp": Buffer.concat([
        record({ line: "tty2", at: start + day }),
        record({ line: "tty3", at: start }),
        record({ line: "pts/0", host: "192.0.2.7", address: 1 }),
        record({ line: "pts/3", host: ":pts/0:S.0", user: "window" }),
        record({ line: "tty7", host: ":0", user: "bob" }),
        ...others.map((entry) => record(entry)),
      ]),
      "/var/log/wtmp.1": history.subarray(0, 384 * 8),
      "/var/log/wtmp": Buffer.concat([history.subarray(384 * 8), Buffer.from("\nwtmp begins Wed May  1")]),
    });
    t.same([found.status, found.diagnostics], ["ok", []]);
    t.same(found.document, {
      now: [
        { account: "alice", kind: "console", since: "2024-05-01T08:00:00.000Z" },
        { account: "alice", kind: "remote", since: "2024-05-01T08:00:00.000Z" },
        { account: "bob", kind: "graphical", since: "2024-05-01T08:00:00.000Z" },
      ],
      usual: [
        { account: "alice", days: 2, lastDay: "2024-05-02T00:00:00.000Z" },
        { account: "bob", days: 1, lastDay: "2024-05-03T00:00:00.000Z" },
        { account: "root", days: 1, lastDay: "2024-05-03T00:00:00.000Z" },
      ],
    });
    t.notMatch(JSON.stringify(found), /192\.0\.2|example|reboot|wtmp/, "nor where they came from");
  },
);

t.test("asks systemd's sessions first", async (t) => {
  const session =
    "# This is private data. Do not parse.\nUID=1000\nUSER=alice\nACTIVE=1\nIS_DISPLAY=1\nSTATE=active\nREMOTE=0\nTYPE=wayland\nCLASS=user\nREMOTE_HOST=192.0.2.9\nREALTIME=1714550400123456\n";
  const { document } = await collected(t, "logins", {
    "/run/systemd/sessions/2": session,
    "/run/systemd/sessions/2.ref": "",
    "/run/systemd/sessions/c1": session.replace("CLASS=user", "CLASS=greeter"),
    "/run/systemd/sessions/5": session.replace("STATE=active", "STATE=closing"),
    "/run/systemd/sessions/7": session.replace("REMOTE=0", "REMOTE=1").replace("alice", "eve"),
    "/run/utmp": record({ user: "old" }),
  });
  t.same(document, {
    now: [
      { account: "alice", kind: "graphical", since: "2024-05-01T08:00:00.123Z" },
      { account: "eve", kind: "remote", since: "2024-05-01T08:00:00.123Z" },
    ],
    usual: [],
  });
  t.same(["", "USER=a\nCLASS=user\n", "CLASS=user\nREALTIME=1714550400123456\n"].map(parseSession), Array(3));
});

t.test("tells a machine where nobody is logged in from one that does not say", async (t) => {
  t.same((await collected(t, "logins", { "/run/utmp": "" })).document, { now: [], usual: [] });
  t.match(await collected(t, "logins", {}), { status: "none", diagnostics: [] });
});

t.test("reads the database that takes the place of wtmp, and gets over one that is none", async (t) => {
  const file = join(t.testdir(), "wtmp.db");
  const database = new DatabaseSync(file);
  database.exec(
    "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT",
  );
  const insert = database.prepare(
    "INSERT INTO wtmp (Type, User, Login, TTY, RemoteHost) VALUES (?, ?, ?, ?, ?)",
  );
  insert.run(1, "reboot", start * 1_000_000, "~", "6.12.48");
  insert.run(3, "alice", start * 1_000_000, "tty1", null);
  insert.run(3, "alice", (start + day) * 1_000_000, "pts/0", "192.0.2.7");
  database.close();
  const bytes = readFileSync(file);
  const usual = async (content: Uint8Array | string) => {
    const found = await collected(t, "logins", { "/var/lib/wtmpdb/wtmp.db": content });
    return [Object(found.document).usual, found.diagnostics];
  };
  t.same(await usual(bytes), [[{ account: "alice", days: 2, lastDay: "2024-05-02T00:00:00.000Z" }], []]);
  t.same(await usual("no database"), [[], ["/var/lib/wtmpdb/wtmp.db: is no SQLite database"]]);
});

t.test("reads the records of other machines", (t) => {
  const arm = { bytes: 400, time: 344, address: 360 };
  const mainframe = { isLittleEndian: false };
  for (const layout of [{}, arm, mainframe]) {
    const bytes = Buffer.concat([
      record({ type: 2, user: "reboot" }, layout),
      record({}, layout),
      record({ user: "bob" }, layout),
    ]);
    t.same(
      parseUtmp(bytes).map(({ account, at }) => [account, at]),
      [
        ["alice", start * 1_000],
        ["bob", start * 1_000],
      ],
    );
  }
  t.equal(utmpRecordBytes(record({}, arm)), 400);
  t.same(
    ["", "wtmp begins Wed May  1 08:00:00 2024\n".repeat(40)].map((text) => parseUtmp(Buffer.from(text))),
    [[], []],
  );
  t.end();
});

t.test("counts no day twice, none that is too old, and none to come", (t) => {
  const at = (days: number) => ({ account: "a", kind: "console" as const, at: (start + days * day) * 1_000 });
  t.same(usualOf([at(0), at(0.1), at(-89), at(-90), at(2)], start * 1_000), [
    { account: "a", days: 2, lastDay: "2024-05-01T00:00:00.000Z" },
  ]);
  t.end();
});

const last = spawnSync("/usr/bin/last", ["--version"], { encoding: "utf8" });

t.test(
  "finds the logins that last(1) finds",
  { skip: last.status === 0 ? false : "last is not installed here" },
  (t) => {
    const file = join(t.testdir(), "wtmp");
    writeFileSync(file, history);
    const listed = spawnSync("/usr/bin/last", ["-f", file, "--time-format", "iso"], {
      encoding: "utf8",
      env: { TZ: "UTC" },
    });
    const theirs = listed.stdout
      .split("\n")
      .flatMap(
        (line) =>
          /^(\w+) +(?!system|~)\S+ .*?(\d{4}-\d\d-\d\dT[\d:]+)\+00:00/.exec(line)?.slice(1, 3).join(" ") ??
          [],
      );
    const ours = parseUtmp(history).map(
      ({ account, at }) => `${account} ${new Date(at).toISOString().slice(0, 19)}`,
    );
    t.same(ours.sort(), theirs.filter((line) => !/^(reboot|runlevel|shutdown|wtmp)/.test(line)).sort());
    t.end();
  },
);

t.test("passes its definition whatever the files hold", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 800 }),
    fc.tuple(fc.uint8Array({ maxLength: 32 }), fc.nat(383)).map(([noise, at]) => {
      const made = record({});
      Buffer.from(noise).copy(made, at);
      return made;
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (now, past) => {
      const { status } = await collected(t, "logins", { "/run/utmp": now, "/var/log/wtmp": past });
      return status === "ok";
    }),
    { numRuns: 60 },
  );
});
