/** Section `disk-health`: what the disks say of their own condition. */
import { choice, list, quantity, reading, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

const most = 2 ** 48;

export const definition = defineSection({
  name: "disk-health",
  title: "Health of the disks",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/block",
      "/sys/class/scsi_host",
      "/run/udev/data",
      "/var/lib/smartmontools",
      "/usr/sbin/smartctl",
    ],
  },
  fields: {
    disks: list(
      { is: "Disks that tell of their condition.", sensitivity: "plain", max: 4_096, key: ["name"] },
      {
        name: required(text(64, { is: "The kernel's name of the disk.", sensitivity: "plain" })),
        health: choice(["passed", "failing"], {
          is: "The disk's own verdict.",
          sensitivity: "plain",
          search: { field: "disk.health", as: "term" },
        }),
        wear: quantity({
          is: "How much of the expected life is used up; of memory cards that tell it in steps, the end of the step.",
          sensitivity: "plain",
          unit: "percent",
          max: 255,
          search: { field: "disk.wear", as: "number" },
        }),
        reallocatedSectors: quantity({
          is: "Sectors that the disk replaced because they were bad.",
          sensitivity: "plain",
          unit: "count",
          max: most,
        }),
        pendingSectors: quantity({
          is: "Sectors that could not be read and may be replaced.",
          sensitivity: "plain",
          unit: "count",
          max: most,
        }),
        mediaErrors: quantity({
          is: "Errors that the disk could not correct.",
          sensitivity: "plain",
          unit: "count",
          max: most,
        }),
        powerOnHours: reading({
          is: "How long the disk has been running.",
          sensitivity: "plain",
          unit: "hours",
          max: most,
        }),
        temperature: reading({
          is: "Temperature of the disk.",
          sensitivity: "plain",
          unit: "degrees-celsius",
          max: 1_000,
        }),
      },
    ),
  },
});
