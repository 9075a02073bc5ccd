/** Section `kernel-modules`: what the kernel has loaded, and what of it is not the kernel's own. */
import { flag, list, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "kernel-modules",
  title: "Kernel modules",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: ["/proc/modules", "/sys/module", "/proc/sys/kernel/modules_disabled"],
  },
  fields: {
    modules: list(
      { is: "Loaded modules.", sensitivity: "plain", max: 4_096, key: ["name"] },
      {
        name: required(
          text(128, {
            is: "Name of the module.",
            sensitivity: "plain",
            search: { field: "module", as: "term" },
          }),
        ),
        version: text(128, {
          is: "Version of the module, where it is none of the kernel's own and tells it.",
          sensitivity: "plain",
        }),
        marks: texts(16, 32, {
          is: "What is unusual about it: out-of-tree, unsigned, proprietary, staging, forced, live-patch.",
          sensitivity: "plain",
          search: { field: "module.mark", as: "term" },
        }),
      },
    ),
    signaturesRequired: flag({ is: "Whether only signed modules are loaded.", sensitivity: "plain" }),
    loadingDisabled: flag({
      is: "Whether no module can be loaded any more until the next start.",
      sensitivity: "plain",
    }),
  },
});
