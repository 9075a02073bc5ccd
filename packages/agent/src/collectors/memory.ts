/** Collector of section `memory`: the total from the kernel, the modules from the firmware's tables. */
import { defineCollector, present } from "../collecting/collector.ts";
import { darwinMemory } from "../darwin/hardware.ts";
import { readSmbios, smbiosTable } from "../linux/dmi.ts";
import { memorySlots } from "../linux/memory-arrays.ts";
import { memoryModules } from "../linux/memory-modules.ts";
import { windowsMemory } from "../windows/hardware.ts";

/** `MemTotal` of /proc/meminfo (proc(5)) in bytes. */
export function parseMemTotal(meminfo: string): number | undefined {
  const kibibytes = /^MemTotal:\s+(\d{1,15}) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

const meminfo = "/proc/meminfo";

export const collector = defineCollector({
  section: "memory",
  platforms: {
    linux: {
      reads: [meminfo, smbiosTable],
      collect(look) {
        const total = parseMemTotal(look.text(meminfo) ?? "");
        const structures = readSmbios(look);
        const { modules, persistent } = memoryModules(structures);
        if (persistent > 0) look.note(`${persistent} persistent memory modules do not serve as memory`);
        if (total === undefined && modules.length === 0) return { nothing: "none" };
        const document = present({
          total,
          ...memorySlots(structures, modules.length),
          modules: modules.length > 0 ? [...modules] : undefined,
        });
        return { document };
      },
    },
    darwin: darwinMemory,
    win32: windowsMemory,
  },
});
