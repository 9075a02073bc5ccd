/** Section `storage`: disks, and the file systems on them. */
import { flag, list, quantity, reading, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

const largest = 2 ** 53 - 1;

export const definition = defineSection({
  name: "storage",
  title: "Storage",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/block",
      "/sys/class/scsi_host",
      "/sys/fs/btrfs",
      "/run/udev/data",
      "/proc/self/mountinfo",
      "/proc/1/mountinfo",
      "/proc/self/mounts",
      "/proc/mounts",
      "statfs(2)",
    ],
  },
  fields: {
    disks: list(
      { is: "Disks.", sensitivity: "plain", max: 4_096, key: ["name"] },
      {
        name: required(text(64, { is: "The kernel's name of the disk.", sensitivity: "plain" })),
        manufacturer: text(128, {
          is: "Maker of the disk, where it tells it apart from the model.",
          sensitivity: "plain",
        }),
        model: text(256, { is: "Model of the disk.", sensitivity: "plain" }),
        serial: text(256, {
          is: "Serial number of the disk.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "serial", as: "key" },
        }),
        size: quantity({
          is: "Size of the disk.",
          sensitivity: "plain",
          unit: "bytes",
          max: largest,
          search: { field: "disk", as: "number" },
        }),
        bus: text(32, { is: "How the disk is attached, such as nvme.", sensitivity: "plain" }),
        rotational: flag({ is: "Whether the disk turns.", sensitivity: "plain" }),
      },
    ),
    filesystems: list(
      { is: "Mounted file systems that hold data.", sensitivity: "plain", max: 4_096, key: ["mount"] },
      {
        mount: required(text(4_096, { is: "Where it is mounted.", sensitivity: "plain", own: true })),
        type: text(64, { is: "Type of the file system.", sensitivity: "plain" }),
        size: quantity({ is: "Size of the file system.", sensitivity: "plain", unit: "bytes", max: largest }),
        encrypted: flag({ is: "Whether it lies on an encrypted volume.", sensitivity: "plain" }),
        free: reading({ is: "Space left.", sensitivity: "plain", unit: "bytes", max: largest }),
      },
    ),
  },
});
