/** Section `memory`: how much there is, and the modules where the firmware tells them. */
import { list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "memory",
  title: "Memory",
  schema: 2,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: {
    linux: ["/proc/meminfo", "/sys/firmware/dmi/tables/DMI"],
    darwin: ["/usr/sbin/system_profiler"],
    win32: ["C:\\Windows\\System32\\reg.exe"],
  },
  fields: {
    total: quantity({
      is: "Memory that the system can use.",
      sensitivity: "plain",
      unit: "bytes",
      max: 2 ** 52,
      search: { field: "memory", as: "number" },
    }),
    slots: quantity({
      is: "Slots for modules, filled or empty.",
      sensitivity: "plain",
      unit: "count",
      max: 65_535,
    }),
    errorCorrection: text(32, {
      is: "Whether it corrects errors, and of how many bits.",
      sensitivity: "plain",
      search: { field: "memory.correction", as: "term" },
    }),
    modules: list(
      { is: "Memory modules by slot.", sensitivity: "plain", max: 1_024, key: ["slot"] },
      {
        slot: required(text(128, { is: "Name of the slot.", sensitivity: "plain" })),
        size: quantity({ is: "Size of the module.", sensitivity: "plain", unit: "bytes", max: 2 ** 48 }),
        type: text(32, { is: "Kind of memory, such as DDR5.", sensitivity: "plain" }),
        speed: quantity({
          is: "Configured or rated speed.",
          sensitivity: "plain",
          unit: "megatransfers-per-second",
          max: 1_000_000,
        }),
        manufacturer: text(128, { is: "Maker of the module.", sensitivity: "plain" }),
        partNumber: text(128, { is: "Part number of the module.", sensitivity: "plain" }),
        serial: text(128, {
          is: "Serial number of the module.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "serial", as: "key" },
        }),
      },
    ),
  },
});
