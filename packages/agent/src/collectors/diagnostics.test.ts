// What went wrong, counted: by the agent, the kernel, and by how the machine ended its last runs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import t from "tap";
import { bootsOf, toldBoots } from "../linux/boots.ts";
import { crashesInStore, isKernelDump, parseTaints } from "../linux/kernel-trouble.ts";
import { parseStarts } from "../linux/utmp.ts";
import { collected } from "../testing/collected.ts";
import { told } from "./diagnostics.ts";

const section = "diagnostics";
const hour = (number: number) => Date.UTC(2026, 0, 1, number);
const at = (number: number) => new Date(hour(number)).toISOString();

/** As glibc on 64-bit x86 writes it. */
function record(type: number, user: string, milliseconds: number): Buffer {
  const made = Buffer.alloc(384);
  made.writeInt16LE(type, 0);
  made.write(user, 44);
  made.writeUInt32LE(milliseconds / 1_000, 340);
  return made;
}
const start = (number: number) => record(2, "reboot", hour(number));
const shutdown = (number: number) => record(1, "shutdown", hour(number));
const noise = [record(1, "runlevel", hour(3)), record(7, "shutdown", hour(3))];

t.test("tells what was counted, what the kernel remembers, and how the last runs ended", async (t) => {
  const failures = [
    { of: "software.deb", reason: "timed-out", count: 73, lastDay: at(0) },
    { of: "agent", reason: "crashed", count: 1, lastDay: at(0) },
  ] as const;
  const machine = {
    "/proc/sys/kernel/tainted": "4225\n",
    "/proc/vmstat": "nr_free_pages 1\noom_kill 3\noom_kill_extra 9\n",
    "/sys/fs/pstore/dmesg-efi-155741337602001": "",
    "/sys/fs/pstore/dmesg-efi-155741337601001": "",
    "/var/lib/systemd/pstore/155741330/dmesg.txt": "",
    "/var/crash/202601021504": "folder",
    "/var/crash/_usr_bin_top.1000.crash": "",
    "/var/log/wtmp.1": Buffer.concat([start(1), ...noise, shutdown(4), start(5)]),
    "/var/log/wtmp": Buffer.concat([start(8), shutdown(9), start(10), Buffer.from("wtmp begins")]),
  };
  const found = await collected(t, section, machine, { facts: { failures } });
  t.same(found, {
    status: "ok",
    document: {
      failures: [
        { of: "agent", reason: "crashed", atLeast: 1, lastDay: at(0) },
        { of: "software.deb", reason: "timed-out", atLeast: 50, lastDay: at(0) },
      ],
      taints: ["died", "out-of-tree-module", "proprietary-module"],
      kernelCrashes: 3,
      outOfMemory: 3,
      boots: [
        { startedAt: at(1), endedAt: at(4), ending: "shutdown" },
        { startedAt: at(5), ending: "unclean" },
        { startedAt: at(8), endedAt: at(9), ending: "shutdown" },
        { startedAt: at(10) },
      ],
    },
    readings: {},
    diagnostics: [],
  });
});

t.test("tells the starts that wtmpdb keeps where there is no wtmp", async (t) => {
  const path = join(t.testdir(), "wtmp.db");
  const database = new DatabaseSync(path);
  database.exec(
    "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)",
  );
  const insert = database.prepare(
    "INSERT INTO wtmp(Type, User, Login, Logout, TTY) VALUES (?, ?, ?, ?, '~')",
  );
  insert.run(1, "reboot", hour(1) * 1_000, hour(2) * 1_000);
  insert.run(3, "ada", hour(1) * 1_000, null);
  insert.run(1, "reboot", hour(3) * 1_000, null);
  insert.run(1, "reboot", hour(5) * 1_000, null);
  database.close();
  const { document } = await collected(t, section, { "/var/lib/wtmpdb/wtmp.db": readFileSync(path) });
  t.match(document, {
    boots: [
      { startedAt: at(1), endedAt: at(2), ending: "shutdown" },
      { startedAt: at(3), ending: "unclean" },
      { startedAt: at(5) },
    ],
  });
});

t.test("makes of broken files what can be had", async (t) => {
  const found = await collected(t, section, {
    "/proc/sys/kernel/tainted": "yes\n",
    "/var/lib/wtmpdb/wtmp.db": "no database",
  });
  t.match(found, {
    status: "ok",
    document: { kernelCrashes: 0 },
    diagnostics: ["/var/lib/wtmpdb/wtmp.db: is no SQLite database"],
  });
});

t.test(
  "calls no end unclean where no shutdown is ever written down, and none of a clock that was not set",
  async (t) => {
    const starts = [0, 3, 5].map(
      (number) => ({ kind: "start", at: number === 0 ? 0 : hour(number) }) as const,
    );
    t.same(toldBoots(bootsOf(starts), 20), [{ startedAt: at(3) }, { startedAt: at(5) }]);
  },
);

t.test("tells no more than the last starts", async (t) => {
  const boots = Array.from({ length: 50 }, (_, number) => ({
    startedAt: hour(number),
    endedAt: hour(number) + 1,
  }));
  t.same(
    toldBoots(boots.toReversed(), 2).map(({ startedAt }) => startedAt),
    [at(48), at(49)],
  );
});

t.test("rounds counts down, so that what fails each time is not another document each time", async (t) => {
  const rounded = (count: number) => told({ of: "memory", reason: "failed", count, lastDay: at(0) }).atLeast;
  t.same(
    [1, 2, 3, 4, 5, 9, 10, 19, 20, 99, 100, 999_999].map(rounded),
    [1, 2, 2, 2, 5, 5, 10, 10, 20, 50, 100, 500_000],
  );
});

t.test("counts a crash once, in however many parts the firmware keeps it", async (t) => {
  t.equal(
    crashesInStore(["dmesg-efi-155741337601001", "dmesg-efi-155741337602001", "dmesg-efi-160000000001001"]),
    2,
  );
  t.equal(
    crashesInStore([
      "dmesg-ramoops-0",
      "dmesg-ramoops-1",
      "console-ramoops-0",
      "dmesg-erst-1",
      "dmesg-erst-2",
    ]),
    3,
  );
  t.same(["127.0.0.1-2026-01-02-15:04:05", "202601021504", "kexec_cmd", "lost+found"].map(isKernelDump), [
    true,
    true,
    false,
    false,
  ]);
});

t.test("knows the kernel's taints by their bits", async (t) => {
  t.same(parseTaints("0\n"), []);
  t.same(parseTaints("512"), ["warning"]);
  t.same(parseTaints("4294967295")?.length, 20);
  t.equal(parseTaints(""), undefined);
});

t.test("reads any bytes for starts", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      bootsOf(parseStarts(bytes));
    }),
    { numRuns: 100 },
  );
});
