/** Section `diagnostics`: what went wrong with the agent and the machine, counted by closed lists of reasons. */
import { failureReasons } from "../failure-reasons.ts";
import { choice, instant, list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "diagnostics",
  title: "Diagnostics",
  schema: 1,
  category: "diagnostics",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/proc/sys/kernel/tainted",
      "/proc/vmstat",
      "/sys/fs/pstore",
      "/var/lib/systemd/pstore",
      "/var/crash",
      "/var/log/wtmp",
      "/var/log/wtmp.1",
      "/var/lib/wtmpdb/wtmp.db",
      "/var/lib/wtmpdb/wtmp.db-wal",
    ],
  },
  fields: {
    failures: list(
      {
        is: "What the agent could not do, in the last 90 days.",
        sensitivity: "plain",
        max: 1_024,
        key: ["of", "reason"],
      },
      {
        of: required(text(64, { is: "A section, or agent.", sensitivity: "plain" })),
        reason: required(choice(failureReasons, { is: "What happened.", sensitivity: "plain" })),
        atLeast: quantity({
          is: "How often: at least 1, 2, 5, 10, 20, 50 and so on.",
          sensitivity: "plain",
          unit: "count",
          max: 1_000_000,
          own: true,
        }),
        lastDay: instant({ is: "The day of the last time.", sensitivity: "plain", own: true }),
      },
    ),
    taints: texts(32, 32, {
      is: "What the kernel remembers since its start, such as that it died once or runs unsigned modules.",
      sensitivity: "plain",
    }),
    kernelCrashes: quantity({
      is: "Crashes of the kernel of which a record is kept.",
      sensitivity: "plain",
      unit: "count",
      max: 10_000,
    }),
    outOfMemory: quantity({
      is: "Programs that the kernel ended since its start because memory ran out.",
      sensitivity: "plain",
      unit: "count",
      max: 2 ** 32,
    }),
    boots: list(
      { is: "The last starts of the machine.", sensitivity: "plain", max: 32, key: ["startedAt"] },
      {
        startedAt: required(instant({ is: "When it started.", sensitivity: "plain", own: true })),
        endedAt: instant({ is: "When it was shut down.", sensitivity: "plain", own: true }),
        ending: choice(["shutdown", "unclean"], {
          is: "How that ended: by shutting down, or by a crash or loss of power.",
          sensitivity: "plain",
          own: true,
        }),
      },
    ),
  },
});
