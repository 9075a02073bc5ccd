/** Section `volumes`: what is made of several disks or parts of disks: RAID, LVM, pools. */
import { choice, flag, list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

const largest = 2 ** 53 - 1;
const bytes = (is: string) => quantity({ is, sensitivity: "plain", unit: "bytes", max: largest });
const devices = (is: string) => texts(1_024, 128, { is, sensitivity: "plain", own: true });

export const definition = defineSection({
  name: "volumes",
  title: "RAID, volumes and pools",
  schema: 1,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/proc/mdstat",
      "/proc/spl/kstat/zfs",
      "/sys/block",
      "/sys/fs/btrfs",
      "/sys/class/scsi_host",
      "/sys/bus/pci/devices",
      "/etc/lvm/backup",
      "/run/udev/data",
      "/usr/share/misc/pci.ids",
      "/usr/share/hwdata/pci.ids",
      "/usr/share/pci.ids",
    ],
  },
  fields: {
    arrays: list(
      { is: "RAID made by the system.", sensitivity: "plain", max: 1_024, key: ["name"] },
      {
        name: required(text(64, { is: "The kernel's name of the array.", sensitivity: "plain" })),
        level: text(32, {
          is: "Level, such as raid1.",
          sensitivity: "plain",
          search: { field: "raid", as: "term" },
        }),
        state: choice(["active", "read-only", "inactive"], {
          is: "Whether it is in use.",
          sensitivity: "plain",
        }),
        size: bytes("Size of the array."),
        degraded: quantity({
          is: "How many members it lacks.",
          sensitivity: "plain",
          unit: "count",
          max: 1_024,
          search: { field: "raid.degraded", as: "number" },
        }),
        rebuilding: flag({ is: "Whether a member is being brought up to date.", sensitivity: "plain" }),
        members: devices("Disks and partitions in it."),
        failed: devices("Those of them that failed."),
        spares: devices("Those of them that wait to replace one."),
      },
    ),
    controllers: list(
      { is: "Controllers that make RAID themselves.", sensitivity: "plain", max: 64, key: ["slot"] },
      {
        slot: required(text(32, { is: "Where it is on its bus.", sensitivity: "plain" })),
        manufacturer: text(256, { is: "Maker of the controller.", sensitivity: "plain" }),
        model: text(256, { is: "Name of the controller.", sensitivity: "plain" }),
        firmware: text(64, { is: "Version of its firmware.", sensitivity: "plain" }),
        driver: text(64, { is: "The kernel's driver in use.", sensitivity: "plain" }),
      },
    ),
    volumeGroups: list(
      { is: "Volume groups of LVM.", sensitivity: "plain", max: 1_024, key: ["name"] },
      {
        name: required(text(128, { is: "Name of the group.", sensitivity: "plain", own: true })),
        size: bytes("Size of the group."),
        free: bytes("What no volume takes of it."),
      },
    ),
    physicalVolumes: list(
      { is: "What the volume groups are made of.", sensitivity: "plain", max: 4_096, key: ["device"] },
      {
        device: required(text(256, { is: "Disk, partition or array.", sensitivity: "plain", own: true })),
        group: text(128, { is: "Volume group that it belongs to.", sensitivity: "plain", own: true }),
        size: bytes("How much of it the group can use."),
      },
    ),
    logicalVolumes: list(
      { is: "Volumes of the groups.", sensitivity: "plain", max: 8_192, key: ["group", "name"] },
      {
        group: required(text(128, { is: "Volume group that it is in.", sensitivity: "plain", own: true })),
        name: required(text(128, { is: "Name of the volume.", sensitivity: "plain", own: true })),
        type: text(32, { is: "How it is laid out, such as linear.", sensitivity: "plain" }),
        size: bytes("Size of the volume."),
      },
    ),
    pools: list(
      {
        is: "File systems that lie on several devices, and pools of ZFS.",
        sensitivity: "plain",
        max: 1_024,
        key: ["type", "name"],
      },
      {
        type: required(text(16, { is: "What kind it is.", sensitivity: "plain" })),
        name: required(
          text(256, { is: "Its label, or else its first device.", sensitivity: "plain", own: true }),
        ),
        state: text(32, { is: "Its condition in its own words.", sensitivity: "plain" }),
        level: text(32, { is: "How it spreads data over the devices.", sensitivity: "plain" }),
        degraded: quantity({
          is: "How many devices it lacks.",
          sensitivity: "plain",
          unit: "count",
          max: 1_024,
        }),
        members: devices("Disks and partitions in it."),
      },
    ),
  },
});
