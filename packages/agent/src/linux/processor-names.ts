/** Maker and model of a processor from its block in /proc/cpuinfo, on each architecture. */
import { armProcessor } from "./arm-processors.ts";
import type { Cpu } from "./cpuinfo.ts";
import { told } from "./firmware-text.ts";

interface ProcessorName {
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
}

/** x86: what CPUID's twelve letters stand for. */
const vendors: ReadonlyMap<string, string> = new Map([
  ["GenuineIntel", "Intel"],
  ["AuthenticAMD", "AMD"],
  ["HygonGenuine", "Hygon"],
  ["CentaurHauls", "VIA"],
  ["Shanghai", "Zhaoxin"],
  ["GenuineTMx86", "Transmeta"],
  ["CyrixInstead", "Cyrix"],
  ["Geode by NSC", "National Semiconductor"],
  ["Vortex86 SoC", "DM&P"],
  ["IBM/S390", "IBM"],
]);

/** s390: machine types; `machine = 8561` is a z15. */
const mainframes: ReadonlyMap<string, string> = new Map([
  ["2064", "z900"],
  ["2066", "z800"],
  ["2084", "z990"],
  ["2086", "z890"],
  ["2094", "z9 EC"],
  ["2096", "z9 BC"],
  ["2097", "z10 EC"],
  ["2098", "z10 BC"],
  ["2817", "z196"],
  ["2818", "z114"],
  ["2827", "zEC12"],
  ["2828", "zBC12"],
  ["2964", "z13"],
  ["2965", "z13s"],
  ["3906", "z14"],
  ["3907", "z14 ZR1"],
  ["8561", "z15"],
  ["8562", "z15 T02"],
  ["3931", "z16"],
  ["3932", "z16 A02"],
  ["9175", "z17"],
]);

/** RISC-V: `mvendorid`, a JEDEC number, and what `uarch` begins with. */
const riscvVendors: ReadonlyMap<string, string> = new Map([
  ["0x489", "SiFive"],
  ["0x31e", "Andes"],
  ["0x5b7", "T-Head"],
  ["0x710", "SpacemiT"],
  ["sifive", "SiFive"],
  ["andestech", "Andes"],
  ["thead", "T-Head"],
  ["spacemit", "SpacemiT"],
]);

export function processorName(cpu: Cpu): ProcessorName {
  if (cpu.value("CPU implementer") !== undefined) return armName(cpu);
  if (cpu.value("hart") !== undefined || cpu.value("isa") !== undefined) return riscvName(cpu);
  const vendor = told(cpu.value("vendor_id"));
  if (vendor === "IBM/S390") return { manufacturer: "IBM", model: mainframeModel(cpu) };
  const model = firstTold(cpu, "model name", "Model Name", "cpu model", "cpu", "Processor");
  return { manufacturer: vendor === undefined ? makerIn(model) : (vendors.get(vendor) ?? vendor), model };
}

function armName(cpu: Cpu): ProcessorName {
  const { manufacturer, model } = armProcessor(cpu.value("CPU implementer"), cpu.value("CPU part"));
  // "ARMv7 Processor rev 4 (v7l)" names the architecture; only few kernels name the processor.
  const said = firstTold(cpu, "model name", "Processor");
  return { manufacturer, model: model ?? (/^(ARM|AArch64)/i.test(said ?? "") ? undefined : said) };
}

function riscvName(cpu: Cpu): ProcessorName {
  const model = firstTold(cpu, "uarch", "model name");
  const maker = cpu.value("mvendorid") ?? "";
  const prefix = model?.split(",")[0] ?? "";
  return { manufacturer: riscvVendors.get(maker) ?? riscvVendors.get(prefix), model };
}

function mainframeModel(cpu: Cpu): string | undefined {
  const said = cpu.value(`processor ${cpu.number}`) ?? cpu.value("processor 0") ?? "";
  const machine = /machine = (\w{1,8})/.exec(said)?.[1] ?? cpu.value("machine");
  return machine === undefined ? undefined : (mainframes.get(machine) ?? told(machine));
}

/** These name their maker nowhere else: "POWER9 (raw), altivec supported", "Loongson-3A5000". */
function makerIn(model = ""): string | undefined {
  if (/^(POWER|PPC970)\w/.test(model)) return "IBM";
  return model.startsWith("Loongson") ? "Loongson" : undefined;
}

function firstTold(cpu: Cpu, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = told(cpu.value(key));
    if (value !== undefined) return value;
  }
  return undefined;
}
