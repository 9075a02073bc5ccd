// Section `processor`: what the kernel says of the processor's weaknesses, and how fast it may run.
import t from "tap";
import { stateOf } from "../linux/vulnerabilities.ts";
import { collected } from "../testing/collected.ts";

const cpu = "/sys/devices/system/cpu";
const cpuinfo = "processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nflags : fpu vmx\n";

t.test("tells every weakness with the kernel's words, and which nothing is done about", async (t) => {
  const { document, diagnostics } = await collected(t, "processor", {
    [`${cpu}/vulnerabilities/meltdown`]: "Not affected\n",
    [`${cpu}/vulnerabilities/spectre_v2`]: "Mitigation: Retpolines; IBPB: conditional\n",
    [`${cpu}/vulnerabilities/mds`]: "Vulnerable: Clear CPU buffers attempted, no microcode\n",
    [`${cpu}/vulnerabilities/itlb_multihit`]: "KVM: Vulnerable\n",
    [`${cpu}/vulnerabilities/srbds`]: "Unknown: Dependent on hypervisor status\n",
    [`${cpu}/vulnerabilities/empty`]: "\n",
  });
  t.same(document, {
    vulnerabilities: [
      { name: "itlb_multihit", state: "vulnerable", text: "KVM: Vulnerable" },
      { name: "mds", state: "vulnerable", text: "Vulnerable: Clear CPU buffers attempted, no microcode" },
      { name: "meltdown", state: "not-affected", text: "Not affected" },
      { name: "spectre_v2", state: "mitigated", text: "Mitigation: Retpolines; IBPB: conditional" },
      { name: "srbds", state: "unknown", text: "Unknown: Dependent on hypervisor status" },
    ],
    vulnerableTo: ["itlb_multihit", "mds"],
  });
  t.same(diagnostics, []);
});

t.test("understands every way that kernels say it", async (t) => {
  const said = {
    "Not affected": "not-affected",
    "Mitigation: PTI": "mitigated",
    "KVM: Mitigation: VMX disabled": "mitigated",
    "Processor vulnerable": "vulnerable",
    Vulnerable: "vulnerable",
    "Vulnerable; SMT vulnerable": "vulnerable",
    "Unknown (XEN PV detected, hypervisor mitigation required)": "unknown",
    "Something new": "unknown",
  } as const;
  for (const [text, state] of Object.entries(said)) t.equal(stateOf(text), state, text);
});

t.test("tells how fast the fastest core of a socket may run, asking once for each core", async (t) => {
  const topology = (number: number, threads: string) => ({
    [`${cpu}/cpu${number}/topology/physical_package_id`]: "0\n",
    [`${cpu}/cpu${number}/topology/core_cpus_list`]: `${threads}\n`,
  });
  const { document } = await collected(t, "processor", {
    "/proc/cpuinfo": [0, 1, 2].map((number) => cpuinfo.replace("0", String(number))).join("\n"),
    ...topology(0, "0-1"),
    ...topology(1, "0-1"),
    ...topology(2, "2"),
    [`${cpu}/cpu0/cpufreq/cpuinfo_max_freq`]: "4800000\n",
    [`${cpu}/cpu1/cpufreq/cpuinfo_max_freq`]: "9999999\n",
    [`${cpu}/cpu2/cpufreq/cpuinfo_max_freq`]: "3500000\n",
  });
  t.match(document, { processors: [{ cores: 2, threads: 3, maximumMegahertz: 4_800 }], flags: ["vmx"] });
});
