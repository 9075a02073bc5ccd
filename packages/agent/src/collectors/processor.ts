/** Collector of section `processor`: from /proc/cpuinfo and the kernel's topology of the CPUs that are on. */
import { machine } from "node:os";
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { darwinProcessor } from "../darwin/hardware.ts";
import { architectureOf, elfArchitecture } from "../linux/architecture.ts";
import { type Cpuinfo, parseCpuinfo } from "../linux/cpuinfo.ts";
import { abilitiesOf } from "../linux/processor-flags.ts";
import { type CpuPlace, processorsOf } from "../linux/processors.ts";
import { readVulnerabilities } from "../linux/vulnerabilities.ts";
import { windowsProcessor } from "../windows/hardware.ts";

const cpuinfoFile = "/proc/cpuinfo";
const cpuFolder = "/sys/devices/system/cpu";
/** Every system has one of these. */
const programs = ["/usr/bin/env", "/bin/sh"];

const MiB = 2 ** 20;
/** A thousand CPUs take about 2 MB there. */
const mostCpuinfo = 16 * MiB;
const largestProgram = 16 * MiB;

export const collector = defineCollector({
  section: "processor",
  platforms: {
    linux: {
      reads: [cpuinfoFile, cpuFolder, ...programs],
      collect(look) {
        const cpuinfo = parseCpuinfo(look.text(cpuinfoFile, mostCpuinfo) ?? "");
        const architecture = architectureIn(look, cpuinfo);
        const document = present({
          ...processorsOf(cpuinfo.cpus, placesIn(look)),
          architecture,
          ...abilitiesOf(cpuinfo.cpus[0], architecture),
          ...weaknessesIn(look),
        });
        noteSwitchedOff(look);
        return Object.keys(document).length > 0 ? { document } : { nothing: "none" };
      },
    },
    darwin: darwinProcessor,
    win32: windowsProcessor,
  },
});

/** Where the CPUs sit; one that is off has no such folder. */
function placesIn(look: Look): ReadonlyMap<number, CpuPlace> {
  const places = new Map<number, CpuPlace>();
  const cores = new Set<string | undefined>();
  for (const name of look.names(cpuFolder)) {
    const number = /^cpu(\d{1,5})$/.exec(name)?.[1];
    if (number === undefined) continue;
    const file = (attribute: string) => look.text(`${cpuFolder}/${name}/topology/${attribute}`)?.trim();
    const [socket, id] = [file("physical_package_id"), file("core_id")];
    // The threads that share a core name it best: its number may be there once for each die.
    const core = file("core_cpus_list") ?? file("thread_siblings_list") ?? (id && `${socket ?? ""}:${id}`);
    if (socket === undefined && core === undefined) continue;
    const isFirst = core === undefined || !cores.has(core);
    cores.add(core);
    const megahertz = isFirst ? fastestOf(look, `${cpuFolder}/${name}`) : undefined;
    places.set(Number(number), { socket, core, megahertz });
  }
  return places;
}

function fastestOf(look: Look, cpu: string): number | undefined {
  const kilohertz = Number(look.text(`${cpu}/cpufreq/cpuinfo_max_freq`)?.trim() ?? "");
  return kilohertz > 0 ? Math.round(kilohertz / 1_000) : undefined;
}

function weaknessesIn(look: Look) {
  const vulnerabilities = readVulnerabilities(look);
  const vulnerableTo = vulnerabilities.filter(({ state }) => state === "vulnerable").map(({ name }) => name);
  return {
    vulnerabilities: vulnerabilities.length > 0 ? vulnerabilities : undefined,
    vulnerableTo: vulnerableTo.length > 0 ? vulnerableTo : undefined,
  };
}

function architectureIn(look: Look, { cpus }: Cpuinfo): string | undefined {
  const told = cpus[0] && architectureOf(cpus[0]);
  if (told !== undefined) return told;
  if (look.live) return machine();
  for (const program of programs) {
    const architecture = elfArchitecture(look.bytes(program, largestProgram) ?? new Uint8Array());
    if (architecture !== undefined) return architecture;
  }
  return undefined;
}

function noteSwitchedOff(look: Look): void {
  const [all, on] = ["present", "online"].map((list) => countCpus(look.text(`${cpuFolder}/${list}`)));
  if (all !== undefined && on !== undefined && on < all)
    look.note(`${all - on} of ${all} threads are switched off and not counted`);
}

/** How many CPUs a list such as `0-3,8` names; undefined when it is none. */
export function countCpus(list: string | undefined): number | undefined {
  let count = 0;
  for (const range of (list ?? "").trim().split(",")) {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range) ?? [];
    if (first === undefined) return undefined;
    count += Math.max(0, Number(last) - Number(first) + 1);
  }
  return count;
}
