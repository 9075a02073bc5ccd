/** What a processor can do, of all its flags those that somebody asks for, and the level of x86-64 that they make. */
import type { Cpu } from "./cpuinfo.ts";

interface Abilities {
  readonly flags?: string[] | undefined;
  readonly level?: string | undefined;
}

/** Virtualisation, encryption of memory, vectors, cryptography, and what systems and hypervisors demand. */
const x86 = [
  ...["vmx", "svm", "ept", "npt", "hypervisor", "tdx_guest", "tdx_host_platform"],
  ...["sev", "sev_es", "sev_snp", "sme", "tme", "sgx"],
  ...["sse4_1", "sse4_2", "avx", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_tile", "fma"],
  ...["aes", "vaes", "pclmulqdq", "sha_ni", "rdrand", "rdseed"],
  ...["lm", "nx", "pae", "pcid", "pku", "smap", "smep", "umip", "ibt", "user_shstk", "la57"],
  ...["cx16", "popcnt", "ht"],
];

/** By the architecture, or what it begins with. */
const asked: readonly (readonly [architecture: string, flags: readonly string[]])[] = [
  ["x86", x86],
  ["i", x86],
  [
    "aarch64",
    [
      "aes",
      "asimd",
      "atomics",
      "bf16",
      "bti",
      "crc32",
      "i8mm",
      "mte",
      "mte3",
      "paca",
      "pacg",
      "pmull",
      "rng",
      "sb",
      "sha1",
      "sha2",
      "sha3",
      "sha512",
      "sm4",
      "sme",
      "ssbs",
      "sve",
      "sve2",
    ],
  ],
  ["arm", ["aes", "crc32", "idiva", "lpae", "neon", "sha1", "sha2", "vfpv4"]],
  ["s390", ["dfp", "edat", "gs", "msa", "nnpa", "pcimio", "sie", "te", "vx", "vxe", "zarch"]],
  ["loongarch", ["crypto", "lasx", "lsx", "lvz"]],
];

/** Bounds what a line of flags may cost; processors have about two hundred. */
const mostFlags = 2_000;

export function abilitiesOf(cpu: Cpu | undefined, architecture: string | undefined): Abilities {
  const line = cpu?.value("flags") ?? cpu?.value("Features") ?? cpu?.value("features");
  if (line === undefined || architecture === undefined) return {};
  const has = new Set(line.split(" ", mostFlags));
  const [, flags = []] = asked.find(([beginning]) => architecture.startsWith(beginning)) ?? [];
  const found = flags.filter((flag) => has.has(flag));
  return {
    flags: found.length > 0 ? found : undefined,
    level: architecture === "x86_64" ? levelOf(has) : undefined,
  };
}

/** The System V ABI's levels by the kernel's names: `pni` is SSE3, `abm` has LZCNT, `xsave` is shown only where the system uses it. */
const levels = [
  ["lm", "cmov", "cx8", "fpu", "fxsr", "mmx", "syscall", "sse2"],
  ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
  ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
  ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
] as const;

/** As loaders and distributions name it: "x86-64-v3". */
function levelOf(has: ReadonlySet<string>): string | undefined {
  const lacking = levels.findIndex((needed) => !needed.every((flag) => has.has(flag)));
  const level = lacking === -1 ? levels.length : lacking;
  return level === 0 ? undefined : `x86-64-v${level}`;
}
