// Section `processor`: sockets, cores and threads of every kind of machine.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import t, { type Test } from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { record, recordAt, withoutRecords } from "../testing/records.ts";
import { countCpus } from "./processor.ts";

type Lines = Readonly<Record<string, string | number>>;

/** /proc/cpuinfo of these CPUs, numbered in their order. */
function cpuinfo(...cpus: readonly Lines[]): string {
  return cpus
    .map((lines, number) =>
      Object.entries({ processor: number, ...lines })
        .map(([key, value]) => `${key}\t: ${value}\n`)
        .join(""),
    )
    .join("\n");
}

const xeon = {
  vendor_id: "GenuineIntel",
  "cpu family": 6,
  "model name": "Intel(R) Xeon(R) CPU           X5570  @ 2.93GHz",
  microcode: "0x1d",
  flags: "fpu ht lm",
};
const place = (socket: number, core: number, cores: number) => ({
  "physical id": socket,
  "core id": core,
  "cpu cores": cores,
});

/** Topology files; of each CPU its socket and the list of threads of its core. */
function topology(...cpus: readonly (readonly [socket: string, threads: string])[]): Tree {
  const entries = cpus.flatMap(([socket, threads], number) => [
    [`/sys/devices/system/cpu/cpu${number}/topology/physical_package_id`, `${socket}\n`],
    [`/sys/devices/system/cpu/cpu${number}/topology/thread_siblings_list`, `${threads}\n`],
  ]);
  return Object.fromEntries(entries);
}

async function processor(t: Test, text: string, more: Tree = {}) {
  const { document, diagnostics } = await collected(t, "processor", { "/proc/cpuinfo": text, ...more });
  return { document, diagnostics };
}

t.test("counts cores and threads of each socket", async (t) => {
  const places = [place(0, 0, 2), place(1, 0, 1), place(0, 1, 2), place(1, 0, 1), place(0, 0, 2)];
  const found = await processor(t, cpuinfo(...places.map((at) => ({ ...xeon, ...at }))));
  const name = { manufacturer: "Intel", model: "Intel(R) Xeon(R) CPU X5570 @ 2.93GHz", microcode: "0x1d" };
  t.same(found.document, {
    processors: [
      { socket: "0", ...name, cores: 2, threads: 3 },
      { socket: "1", ...name, cores: 1, threads: 2 },
    ],
    cores: 3,
    threads: 5,
    architecture: "x86_64",
    flags: ["ht", "lm"],
  });
  t.same(found.diagnostics, []);
});

t.test("believes the topology of the kernel before the text", async (t) => {
  const text = cpuinfo(...Array<Lines>(4).fill({ ...xeon, ...place(0, 0, 1) }));
  const found = await processor(t, text, topology(["0", "0-1"], ["0", "0-1"], ["1", "2"], ["1", "3"]));
  t.match(found.document, {
    processors: [
      { socket: "0", cores: 1, threads: 2 },
      { socket: "1", cores: 2 },
    ],
    cores: 3,
  });
  const dies = Array.from({ length: 4 }, (_, die) => ({ ...xeon, ...place(0, die % 2, 4) }));
  t.match(
    (await processor(t, cpuinfo(...dies))).document,
    { cores: 4 },
    "numbers of cores repeat in each die",
  );
});

t.test("takes numbers of cores where their threads are not listed", async (t) => {
  const power = { cpu: "POWER9, altivec supported" };
  const entries = [0, 0, 4, 4].map((core, number) => [
    `/sys/devices/system/cpu/cpu${number}/topology/core_id`,
    `${core}\n`,
  ]);
  const { document } = await processor(t, cpuinfo(power, power, power, power), Object.fromEntries(entries));
  t.match(document, { processors: [{ manufacturer: "IBM", cores: 2, threads: 4 }] });
});

t.test("counts what is on, and says what is off", async (t) => {
  const on = { ...topology(["0", "0"], ["0", "1"]), "/sys/devices/system/cpu/present": "0-3\n" };
  const text = cpuinfo(xeon, xeon);
  const found = await processor(t, text, { ...on, "/sys/devices/system/cpu/online": "0-1\n" });
  t.match(found, { document: { cores: 2, threads: 2 }, diagnostics: [/^2 of 4 threads/] });
  t.same((await processor(t, text, { ...on, "/sys/devices/system/cpu/online": "0-3\n" })).diagnostics, []);
  t.same(["0-3,8,10-11", "", "0-x", "5-3", "0-999999,7-1"].map(countCpus), [
    7,
    undefined,
    undefined,
    0,
    1_000_000,
  ]);
});

t.test("names every kind of core of a hybrid processor", async (t) => {
  const arm = (part: string) => ({ "CPU implementer": "0x41", "CPU architecture": 8, "CPU part": part });
  const found = await processor(
    t,
    cpuinfo(arm("0xd05"), arm("0xd0b"), arm("0xd05"), arm("0xfff")),
    topology(["-1", "0"], ["-1", "1"], ["-1", "2"], ["-1", "3"]),
  );
  t.same(found.document, {
    processors: [
      { socket: "0", manufacturer: "ARM", model: "Cortex-A55 + Cortex-A76", cores: 4, threads: 4 },
    ],
    cores: 4,
    threads: 4,
    architecture: "aarch64",
  });
});

t.test("leaves out the cores where nothing tells them", async (t) => {
  const thunder = { "CPU implementer": "0x43", "CPU architecture": 8, "CPU part": "0x0af" };
  const power = { cpu: "POWER8 (raw), altivec supported" };
  for (const lines of [thunder, power]) {
    const { document } = await processor(t, cpuinfo(lines, lines));
    t.match(document, { processors: [{ threads: 2, cores: undefined }], threads: 2, cores: undefined });
  }
});

t.test("reads boards of an older kernel, and RISC-V", async (t) => {
  const old = "Processor\t: ARMv7 Processor rev 10 (v7l)\nprocessor\t: 0\n\nprocessor\t: 1\n\n";
  const shared = "CPU implementer\t: 0x41\nCPU architecture: 7\nCPU part\t: 0xc09\n\nHardware\t: i.MX6\n";
  t.same((await processor(t, old + shared)).document, {
    processors: [{ socket: "0", manufacturer: "ARM", model: "Cortex-A9", cores: 2, threads: 2 }],
    cores: 2,
    threads: 2,
    architecture: "armv7l",
  });
  const hart = { hart: 1, isa: "rv64imafdc", mmu: "sv39", uarch: "sifive,u74-mc" };
  t.match((await processor(t, cpuinfo(hart, hart), topology(["-1", "0"], ["-1", "1"]))).document, {
    processors: [{ manufacturer: "SiFive", model: "sifive,u74-mc", cores: 2 }],
    architecture: "riscv64",
  });
});

t.test("takes the architecture of a tree without /proc from its programs, scripts aside", async (t) => {
  const program = Buffer.alloc(64);
  program.set(Buffer.from("\x7fELF\x02\x01", "latin1"));
  program.writeUInt16LE(243, 18);
  const document = (tree: Tree) => collected(t, "processor", tree).then((found) => found.document);
  const links = { "/bin/sh": { link: "/usr/bin/dash" }, "/usr/bin/dash": program } as const;
  t.same(await document(links), { architecture: "riscv64" });
  t.same(await document({ "/usr/bin/env": program }), { architecture: "riscv64" });
  t.equal(await document({ "/bin/sh": "#!/bin/false\n" }), undefined);
});

t.test("passes its definition whatever the files hold", async () => {
  const value = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.integer().map(String),
    fc.constantFrom("0", "-1", "0x41"),
  );
  const key = fc.oneof(
    fc.constantFrom(
      "processor",
      "cpu number",
      "physical id",
      "core id",
      "cpu cores",
      "flags",
      "CPU implementer",
    ),
    fc.string({ maxLength: 12 }),
  );
  const text = fc
    .array(fc.tuple(key, value), { maxLength: 30 })
    .map((lines) => lines.map((line) => line.join(": ")).join("\n"));
  await fc.assert(
    fc.asyncProperty(text, value, value, async (info, socket, threads) => {
      const { status } = await collected(t, "processor", {
        "/proc/cpuinfo": info,
        ...topology([socket, threads]),
      });
      return status === "ok" || status === "none";
    }),
    { numRuns: 100 },
  );
});

t.test("reads /proc/cpuinfo of real machines", { skip: withoutRecords }, async (t) => {
  const document = async (name: string) =>
    (await processor(t, record(`cpuinfo/${name}`).toString())).document;
  t.match(await document("ohai-aarch64-graviton2.txt"), {
    processors: [{ manufacturer: "ARM", model: "Neoverse-N1", cores: 2, threads: 2 }],
    architecture: "aarch64",
  });
  t.same(await document("ohai-no-cores.txt"), {
    processors: [
      {
        socket: "0",
        manufacturer: "Intel",
        model: "Intel(R) Core(TM)2 Duo CPU T8300 @ 2.40GHz",
        cores: 1,
        threads: 1,
      },
    ],
    cores: 1,
    threads: 1,
    architecture: "i686",
  });
  t.match(await document("ohai-s390x.txt"), {
    processors: [{ manufacturer: "IBM", model: "z15", cores: 4, threads: 4 }],
    architecture: "s390x",
  });
  t.match(await document("facter-cpuinfo_powerpc.txt"), {
    processors: [{ manufacturer: "IBM", model: "POWER8 (raw), altivec supported", threads: 4 }],
  });
});

t.test("reads /sys of real machines", { skip: withoutRecords }, async (t) => {
  const document = async (name: string) => {
    const root = t.testdir();
    execFileSync("tar", ["-xzf", recordAt(`sysfs/${name}.tar.gz`), "-C", root]);
    return (await collected(t, "processor", root)).document;
  };
  t.match(await document("linux-amd64-415ee03b8c4d1c4f07ae2e9d8b3d3d6d"), {
    processors: [
      { model: "12th Gen Intel(R) Core(TM) i7-1270P", cores: 12, threads: 16, microcode: "0x437" },
    ],
    architecture: "x86_64",
  });
  t.match(await document("linux-arm64-c288e0776090cd558ef793b2a4e61939"), {
    processors: [{ model: "Neoverse-N1", cores: 1, threads: 1 }],
  });
});
