/** Section `processor`: the processors and how many cores and threads they have in all. */
import { list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

const most = 65_536;

export const definition = defineSection({
  name: "processor",
  title: "Processor",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security"],
  sources: { linux: ["/proc/cpuinfo", "/sys/devices/system/cpu", "uname(2)", "/usr/bin/env", "/bin/sh"] },
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
  },
});
