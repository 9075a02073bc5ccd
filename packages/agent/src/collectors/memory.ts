/** Collector of section `memory`: the total from the kernel; modules come from the firmware's tables. */
import { defineCollector, present } from "../collector.ts";

/** `MemTotal` of /proc/meminfo (proc(5)) in bytes. */
export function parseMemTotal(meminfo: string): number | undefined {
  const kibibytes = /^MemTotal:\s+(\d{1,15}) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

export const collector = defineCollector({
  section: "memory",
  platforms: {
    linux: {
      reads: ["/proc/meminfo"],
      collect(look) {
        const total = parseMemTotal(look.text("/proc/meminfo") ?? "");
        return total === undefined ? { nothing: "none" } : { document: present({ total }) };
      },
    },
  },
});
