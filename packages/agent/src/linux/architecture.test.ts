// What the processors are, whatever the kernel and the programs on them say.
import t from "tap";
import { architectureOf, elfArchitecture } from "./architecture.ts";
import { parseCpuinfo } from "./cpuinfo.ts";

function ofFirst(...lines: string[]): string | undefined {
  const [cpu] = parseCpuinfo(["processor : 0", ...lines].join("\n")).cpus;
  return cpu && architectureOf(cpu);
}

t.test("tells a 64-bit processor below a 32-bit system", async (t) => {
  const intel = (family: number, flags: string) =>
    ofFirst("vendor_id : GenuineIntel", `cpu family : ${family}`, `flags : ${flags}`);
  t.equal(intel(6, "fpu pae lm sse2"), "x86_64");
  t.equal(intel(6, "fpu pae clmul lme"), "i686");
  t.equal(intel(5, "fpu"), "i586");
  t.equal(intel(15, "fpu sse2"), "i686");
  const arm = (architecture: string, part: string) =>
    ofFirst("CPU implementer : 0x41", `CPU architecture: ${architecture}`, `CPU part : ${part}`);
  t.equal(arm("8", "0xd0c"), "aarch64");
  t.equal(arm("AArch64", "0xfff"), "aarch64");
  t.equal(arm("7", "0xd03"), "aarch64", "a Cortex-A53 under a 32-bit kernel");
  t.equal(arm("7", "0xd01"), "armv7l", "the one of its kind without 64 bits");
  t.equal(arm("7", "0xc07"), "armv7l");
  t.equal(arm("7M", "0xc24"), "armv7l");
  t.equal(arm("6TEJ", "0xb76"), "armv6l");
  t.equal(arm("5TEJ", "0x926"), "armv5tejl");
});

t.test("knows the other architectures where their files name them", async (t) => {
  t.equal(ofFirst("vendor_id : IBM/S390", "features : esan3 zarch stfle"), "s390x");
  t.equal(ofFirst("hart : 0", "isa : rv64imafdc"), "riscv64");
  t.equal(ofFirst("isa : rv32ima"), "riscv32");
  t.equal(ofFirst("CPU Family : Loongson-64bit"), "loongarch64");
  t.equal(ofFirst("cpu : POWER9, altivec supported"), undefined, "in which byte order is not said there");
  t.equal(ofFirst(), undefined);
});

function elf(machine: number, { bits = 2, order = 1 } = {}): Uint8Array {
  const header = Buffer.alloc(64);
  header.write("\x7fELF", "latin1");
  header.set([bits, order], 4);
  if (order === 1) header.writeUInt16LE(machine, 18);
  else header.writeUInt16BE(machine, 18);
  return header;
}

t.test("tells by a program's header what it is made for", async (t) => {
  t.equal(elfArchitecture(elf(62)), "x86_64");
  t.equal(elfArchitecture(elf(3, { bits: 1 })), "i686");
  t.equal(elfArchitecture(elf(21)), "ppc64le");
  t.equal(elfArchitecture(elf(21, { order: 2 })), "ppc64");
  t.equal(elfArchitecture(elf(22, { order: 2 })), "s390x");
  t.equal(elfArchitecture(elf(243)), "riscv64");
  t.equal(elfArchitecture(elf(8, { bits: 1, order: 2 })), "mips");
  t.same(
    [elf(60_000), elf(62).subarray(0, 19), Buffer.from("#!/bin/sh\n"), new Uint8Array()].map(elfArchitecture),
    Array(4),
  );
});
