// Of what a processor can do, what is asked for.
import t from "tap";
import { parseCpuinfo } from "./cpuinfo.ts";
import { abilitiesOf } from "./processor-flags.ts";

const abilities = (architecture: string | undefined, line: string) =>
  abilitiesOf(parseCpuinfo(`processor : 0\n${line}\n`).cpus[0], architecture);

const first = "fpu cx8 cmov mmx fxsr sse sse2 syscall nx lm";
const second = `${first} pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm`;
const third = `${second} fma movbe xsave avx f16c abm bmi1 avx2 bmi2`;
const fourth = `${third} avx512f avx512dq avx512cd avx512bw avx512vl`;

t.test("tells the level that programs may be made for", async (t) => {
  const level = (flags: string) => abilities("x86_64", `flags : ${flags}`).level;
  t.same([first, second, third, fourth].map(level), ["x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4"]);
  t.equal(level(fourth.replace(" xsave", "")), "x86-64-v2", "a hypervisor that hides one");
  t.equal(level("fpu sse2"), undefined);
  t.equal(abilities("i686", `flags : ${third}`).level, undefined);
});

t.test("tells flags of a closed list, each architecture's own", async (t) => {
  t.same(
    abilities(
      "x86_64",
      "flags : fpu vme vmx sme tme aes sha_ni smep smap lm nx sev constant_tsc",
    ).flags?.sort(),
    [...["aes", "lm", "nx", "sev", "sha_ni", "smap", "smep", "sme", "tme", "vmx"].sort()],
  );
  t.same(abilities("aarch64", "Features : fp asimd evtstrm aes sme vmx").flags, ["aes", "asimd", "sme"]);
  t.same(abilities("armv7l", "Features : half neon vfpv4 lpae sve").flags?.sort(), ["lpae", "neon", "vfpv4"]);
  t.same(abilities("s390x", "features : esan3 zarch stfle msa vx sie").flags, ["msa", "sie", "vx", "zarch"]);
  t.same(abilities("riscv64", "isa : rv64imafdc"), {});
  t.same([abilities(undefined, "flags : lm"), abilitiesOf(undefined, "x86_64")], [{}, {}]);
});
