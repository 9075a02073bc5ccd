/** Section `processor`: the processors and how many cores and threads they have in all. */
import { choice, list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

const most = 65_536;

export const definition = defineSection({
  name: "processor",
  title: "Processor",
  schema: 2,
  category: "hardware",
  purposes: ["inventory", "security"],
  sources: {
    linux: ["/proc/cpuinfo", "/sys/devices/system/cpu", "uname(2)", "/usr/bin/env", "/bin/sh"],
    darwin: ["/usr/sbin/system_profiler"],
    win32: ["C:\\Windows\\System32\\reg.exe"],
  },
  fields: {
    processors: list(
      { is: "The processors, one for each socket.", sensitivity: "plain", max: 256, key: ["socket"] },
      {
        socket: required(text(32, { is: "Number of the socket.", sensitivity: "plain" })),
        manufacturer: text(128, { is: "Maker of the processor.", sensitivity: "plain" }),
        model: text(256, {
          is: "Name of the processor.",
          sensitivity: "plain",
          search: { field: "cpu", as: "term", words: true },
        }),
        cores: quantity({ is: "Cores of this processor.", sensitivity: "plain", unit: "count", max: most }),
        threads: quantity({
          is: "Threads of this processor.",
          sensitivity: "plain",
          unit: "count",
          max: most,
        }),
        microcode: text(64, { is: "Version of the microcode.", sensitivity: "plain" }),
        maximumMegahertz: quantity({
          is: "The fastest that its cores may run.",
          sensitivity: "plain",
          unit: "megahertz",
          max: 1_000_000,
        }),
      },
    ),
    cores: quantity({
      is: "Cores in all.",
      sensitivity: "plain",
      unit: "count",
      max: most,
      search: { field: "cores", as: "number" },
    }),
    threads: quantity({ is: "Threads in all.", sensitivity: "plain", unit: "count", max: most }),
    architecture: text(64, { is: "Architecture of the processors.", sensitivity: "plain" }),
    level: text(16, {
      is: "Level of x86-64 that programs may be made for, such as x86-64-v3.",
      sensitivity: "plain",
      search: { field: "cpu.level", as: "term" },
    }),
    flags: texts(64, 32, {
      is: "What the processors can do, of a closed list: virtualisation, encryption, vectors, protections.",
      sensitivity: "plain",
      search: { field: "cpu.flag", as: "term" },
    }),
    vulnerableTo: texts(256, 64, {
      is: "Known weaknesses that nothing is done about.",
      sensitivity: "plain",
      search: { field: "vulnerability", as: "term" },
    }),
    vulnerabilities: list(
      {
        is: "Known weaknesses, with what the kernel says of each.",
        sensitivity: "plain",
        max: 256,
        key: ["name"],
      },
      {
        name: required(text(64, { is: "The kernel's name for it.", sensitivity: "plain" })),
        state: choice(["not-affected", "mitigated", "vulnerable", "unknown"], {
          is: "Whether the processors have it, and whether something is done about it.",
          sensitivity: "plain",
        }),
        text: text(512, { is: "The kernel's own words.", sensitivity: "plain" }),
      },
    ),
  },
});
