// Which programs have sockets open, from the links of made-up processes.
import t, { type Test } from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { processReads, programName, readSocketPrograms } from "./socket-programs.ts";

/** A process with a program and what its files lead to, by their numbers. */
function process(pid: number, comm: string, exe: string, files: Readonly<Record<number, string>>): Tree {
  const links = Object.entries(files).map(([file, link]) => [`/proc/${pid}/fd/${file}`, { link }] as const);
  return {
    [`/proc/${pid}/comm`]: `${comm}\n`,
    [`/proc/${pid}/exe`]: { link: exe },
    ...Object.fromEntries(links),
  };
}

function programs(t: Test, tree: Tree, ...inodes: string[]) {
  const look = openLook({ root: machineTree(t, tree), reads: processReads });
  const { names, isComplete } = readSocketPrograms(look, new Set(inodes));
  return { names: Object.fromEntries(names), isComplete, notes: look.notes };
}

t.test("finds every program behind a socket, whatever the number of its file", async (t) => {
  const tree = {
    ...process(1, "systemd", "/usr/lib/systemd/systemd", {
      0: "/dev/null",
      40: "socket:[11]",
      41: "socket:[12]",
    }),
    ...process(50, "sshd", "/usr/sbin/sshd", { 3: "socket:[11]", 4: "pipe:[13]" }),
    ...process(60, "nginx", "/usr/sbin/nginx", { 6: "socket:[14]" }),
    ...process(61, "nginx", "/usr/sbin/nginx (deleted)", { 6: "socket:[14]" }),
    ...process(70, "sh", "/bin/dash", { 7: "socket:[15]" }),
    "/proc/80/fd": "folder",
    "/proc/self": { link: "70" },
  } as const;
  t.same(programs(t, tree, "11", "12", "14", "16"), {
    names: { 11: ["sshd"], 12: ["systemd"], 14: ["nginx"] },
    isComplete: true,
    notes: [],
  });
});

t.test("names a program as its administrator does", async (t) => {
  t.equal(programName("systemd-resolve\n", "/usr/lib/systemd/systemd-resolved"), "systemd-resolved");
  t.equal(programName("fail2ban-server\n", "/usr/bin/python3.11"), "fail2ban-server");
  t.equal(programName("MainThread\n", "/usr/bin/node"), "node");
  t.equal(programName("gunicorn: maste\n", "/usr/bin/python3.11"), "python3.11");
  t.equal(programName("sshd\n", ""), "sshd");
  t.equal(programName("nginx\n", "/usr/sbin/nginx (deleted)"), "nginx");
  t.equal(programName(undefined, "/home/ada/bin/server"), "server", "not whose it is");
  t.equal(programName("", ""), undefined);
});

t.test("says when it could not look at all", async (t) => {
  const hidden = { "/proc/1/comm": "x\n", "/proc/1/fd/3": { link: "socket:[11]" } } as const;
  t.match(programs(t, hidden, "11"), { names: {}, isComplete: false });
  t.match(programs(t, {}), { names: {}, isComplete: true });
});
