/** Section `storage`: disks, their partitions, the file systems on them, and swap. */
import { choice, flag, list, quantity, reading, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

const largest = 2 ** 53 - 1;

export const definition = defineSection({
  name: "storage",
  title: "Storage",
  schema: 2,
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
      "/proc/swaps",
      "statfs(2)",
    ],
    darwin: ["/usr/sbin/system_profiler"],
    win32: ["C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"],
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
        firmware: text(64, { is: "Version of the disk's firmware.", sensitivity: "plain" }),
      },
    ),
    partitions: list(
      { is: "Partitions of the disks.", sensitivity: "plain", max: 8_192, key: ["name"] },
      {
        name: required(text(64, { is: "The kernel's name of the partition.", sensitivity: "plain" })),
        disk: text(64, { is: "The kernel's name of its disk.", sensitivity: "plain" }),
        size: quantity({ is: "Size of the partition.", sensitivity: "plain", unit: "bytes", max: largest }),
        type: text(64, {
          is: "What is on it: a kind of file system, of volume, or swap.",
          sensitivity: "plain",
        }),
        label: text(128, {
          is: "What it is called; of disks that are plugged in it is not collected.",
          sensitivity: "plain",
          own: true,
        }),
      },
    ),
    filesystems: list(
      { is: "Mounted file systems that hold data.", sensitivity: "plain", max: 4_096, key: ["mount"] },
      {
        mount: required(text(4_096, { is: "Where it is mounted.", sensitivity: "plain", own: true })),
        type: text(64, { is: "Type of the file system.", sensitivity: "plain" }),
        device: text(128, { is: "Partition or volume that it lies on.", sensitivity: "plain", own: true }),
        size: quantity({ is: "Size of the file system.", sensitivity: "plain", unit: "bytes", max: largest }),
        encrypted: flag({ is: "Whether it lies on an encrypted volume.", sensitivity: "plain" }),
        encryption: text(32, {
          is: "How it is encrypted, such as luks2.",
          sensitivity: "plain",
        }),
        free: reading({ is: "Space left.", sensitivity: "plain", unit: "bytes", max: largest }),
      },
    ),
    swaps: list(
      { is: "What memory is swapped to.", sensitivity: "plain", max: 256, key: ["name"] },
      {
        name: required(text(4_096, { is: "Partition, volume or file.", sensitivity: "plain", own: true })),
        type: choice(["partition", "file", "memory"], {
          is: "What kind it is; memory is packed memory.",
          sensitivity: "plain",
        }),
        size: quantity({
          is: "How much can be swapped there.",
          sensitivity: "plain",
          unit: "bytes",
          max: largest,
        }),
        encrypted: flag({ is: "Whether it lies on an encrypted volume.", sensitivity: "plain" }),
        used: reading({
          is: "How much is swapped there.",
          sensitivity: "plain",
          unit: "bytes",
          max: largest,
        }),
      },
    ),
  },
});
