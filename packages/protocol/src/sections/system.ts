/** Section `system`: maker, model and serial numbers of the machine as its firmware tells them. */
import { group, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "system",
  title: "System",
  schema: 2,
  category: "hardware",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/sys/class/dmi/id",
      "/sys/firmware/dmi/tables",
      "/sys/firmware/devicetree/base",
      "/sys/firmware/acpi/tables",
      "/sys/hypervisor",
      "/sys/devices/system/clocksource/clocksource0/available_clocksource",
      "/proc/cpuinfo",
      "/proc/sysinfo",
      "/proc/xen/capabilities",
      "/proc/sys/kernel/osrelease",
      "/proc/vz",
      "/proc/bc",
      "/proc/1/cgroup",
      "/proc/2/comm",
      "/proc/self/mountinfo",
      "/proc/1/mountinfo",
      "/proc/self/mounts",
      "/proc/mounts",
      "/run/systemd/container",
      "/run/host/container-manager",
      "/run/.containerenv",
      "/run/cloud-init/instance-data.json",
      "/var/lib/cloud/data/instance-id",
      "/etc/default/instance_configs.cfg",
      "/sys/firmware/efi",
    ],
    darwin: ["/usr/sbin/system_profiler"],
    win32: ["C:\\Windows\\System32\\reg.exe"],
  },
  fields: {
    manufacturer: text(256, {
      is: "Maker of the machine.",
      sensitivity: "plain",
      search: { field: "vendor", as: "term", words: true },
      summary: "manufacturer",
    }),
    model: text(256, {
      is: "Product name of the machine.",
      sensitivity: "plain",
      search: { field: "model", as: "term", words: true },
      summary: "model",
    }),
    sku: text(256, { is: "The maker's order number.", sensitivity: "plain" }),
    family: text(256, { is: "Product family.", sensitivity: "plain" }),
    serial: text(256, {
      is: "Serial number of the machine.",
      sensitivity: "sensitive",
      own: true,
      search: { field: "serial", as: "key" },
      summary: "serial",
    }),
    uuid: text(36, { is: "UUID that the firmware gives the machine.", sensitivity: "sensitive", own: true }),
    board: group(
      { is: "The main board.", sensitivity: "plain" },
      {
        manufacturer: text(256, { is: "Maker of the board.", sensitivity: "plain" }),
        model: text(256, { is: "Product name of the board.", sensitivity: "plain" }),
        serial: text(256, {
          is: "Serial number of the board.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "serial", as: "key" },
        }),
      },
    ),
    chassis: group(
      { is: "The case.", sensitivity: "plain" },
      {
        type: text(64, {
          is: "Kind of case, such as notebook.",
          sensitivity: "plain",
          search: { field: "chassis", as: "term" },
        }),
        serial: text(256, {
          is: "Serial number of the case.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "serial", as: "key" },
        }),
        assetTag: text(256, {
          is: "Asset tag that the owner stored in the firmware.",
          sensitivity: "plain",
          own: true,
          search: { field: "serial", as: "key" },
        }),
      },
    ),
    virtualization: text(64, {
      is: "Hypervisor or container that the system runs in; absent on a bare machine.",
      sensitivity: "plain",
      search: { field: "virtualization", as: "term" },
    }),
    cloud: group(
      { is: "The cloud that the machine is rented from.", sensitivity: "plain" },
      {
        provider: text(64, {
          is: "Short name of the cloud, such as aws.",
          sensitivity: "plain",
          search: { field: "cloud", as: "term" },
        }),
        instance: text(255, {
          is: "Id that the cloud gives the machine.",
          sensitivity: "sensitive",
          own: true,
          search: { field: "instance", as: "key" },
        }),
      },
    ),
  },
});
