/**
 * The architecture of the processors as `uname -m` names it. The running kernel's own answer is not enough, for a
 * 32-bit kernel or personality says i686 on an x86_64 machine, and below another root there is none.
 */
import { isArm64 } from "./arm-processors.ts";
import type { Cpu } from "./cpuinfo.ts";

/** As far as /proc/cpuinfo tells; POWER and MIPS do not say there in which byte order they run. */
export function architectureOf(cpu: Cpu): string | undefined {
  const flags = cpu.value("flags")?.split(" ");
  if (flags && cpu.value("vendor_id") !== undefined && cpu.value("cpu family") !== undefined)
    return flags.includes("lm") ? "x86_64" : x86(cpu.value("cpu family"));
  if (cpu.value("CPU implementer") !== undefined) return armArchitecture(cpu);
  if (cpu.value("vendor_id") === "IBM/S390")
    return cpu.value("features")?.includes("zarch") ? "s390x" : "s390";
  const isa = /^rv(32|64)/.exec(cpu.value("isa") ?? "")?.[1];
  if (isa !== undefined) return `riscv${isa}`;
  if (cpu.value("CPU Family") === "Loongson-64bit") return "loongarch64";
  return undefined;
}

const x86 = (family: string | undefined): string => {
  const generation = Number(family);
  return generation >= 3 && generation <= 5 ? `i${generation}86` : "i686";
};

/** "8" and "AArch64" run 64-bit programs; a 32-bit kernel says "7" of processors that do so too. */
function armArchitecture(cpu: Cpu): string | undefined {
  const version = cpu.value("CPU architecture") ?? "";
  if (
    version === "8" ||
    version === "AArch64" ||
    isArm64(cpu.value("CPU implementer"), cpu.value("CPU part"))
  )
    return "aarch64";
  if (version.startsWith("7")) return "armv7l";
  if (version.startsWith("6")) return "armv6l";
  return version.startsWith("5TEJ") ? "armv5tejl" : undefined;
}

/** Machine numbers of the ELF header (elf(5)) that name one architecture, or one for each width and byte order. */
const machines: Readonly<Record<number, (is64: boolean, isLittle: boolean) => string>> = {
  2: () => "sparc",
  3: () => "i686",
  8: (is64) => (is64 ? "mips64" : "mips"),
  15: (is64) => (is64 ? "parisc64" : "parisc"),
  20: () => "ppc",
  21: (_, isLittle) => (isLittle ? "ppc64le" : "ppc64"),
  22: (is64) => (is64 ? "s390x" : "s390"),
  40: () => "armv7l",
  43: () => "sparc64",
  50: () => "ia64",
  62: () => "x86_64",
  183: () => "aarch64",
  243: (is64) => (is64 ? "riscv64" : "riscv32"),
  258: (is64) => (is64 ? "loongarch64" : "loongarch32"),
};

/** What a program is made for, by its ELF header; what that runs on can be more. */
export function elfArchitecture(program: Uint8Array): string | undefined {
  if (program.length < 20 || Buffer.from(program.subarray(0, 4)).toString("latin1") !== "\x7fELF")
    return undefined;
  const isLittle = program[5] === 1;
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  return machines[view.getUint16(18, isLittle)]?.(program[4] === 2, isLittle);
}
