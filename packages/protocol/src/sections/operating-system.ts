/** Section `operating-system`: which system runs, under which name, since when. */
import { choice, instant, reading, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "operating-system",
  title: "Operating system",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/etc/os-release",
      "/usr/lib/os-release",
      "/etc/debian_version",
      "/proc/sys/kernel/osrelease",
      "/proc/sys/kernel/arch",
      "/proc/sys/kernel/hostname",
      "/proc/uptime",
      "/sys/firmware/efi",
      "/sys/firmware/memmap",
      "/sys/firmware/dmi/tables/DMI",
      "/etc/hostname",
      "/etc/localtime",
      "/etc/timezone",
      "uname(2)",
      "/usr/bin/env",
      "/bin/sh",
      "/",
      "/lost+found",
      "/etc/machine-id",
      "/var/log/installer",
      "/var/log/anaconda",
    ],
    darwin: [
      "/System/Library/CoreServices/SystemVersion.plist",
      "/var/db/.AppleSetupDone",
      "/etc/localtime",
      "uname(3)",
    ],
    win32: ["C:\\Windows\\System32\\reg.exe", "C:\\Windows\\System32\\systeminfo.exe"],
  },
  fields: {
    id: text(128, {
      is: "Short identifier of the system, such as debian.",
      sensitivity: "plain",
      search: { field: "os", as: "term", words: true },
    }),
    name: text(256, {
      is: "Name of the system.",
      sensitivity: "plain",
      search: { field: "os", as: "term", words: true },
      summary: "os.name",
    }),
    version: text(128, {
      is: "Version of the system; on Debian with its point release.",
      sensitivity: "plain",
      search: { field: "os.version", as: "term" },
      summary: "os.version",
    }),
    build: text(128, { is: "Build of the system.", sensitivity: "plain" }),
    kernel: text(256, {
      is: "Release of the kernel.",
      sensitivity: "plain",
      search: { field: "kernel", as: "term" },
    }),
    architecture: text(64, {
      is: "Architecture the kernel runs on.",
      sensitivity: "plain",
      search: { field: "arch", as: "term" },
    }),
    hostname: text(255, {
      is: "Name of the host.",
      sensitivity: "plain",
      own: true,
      search: { field: "host", as: "key", words: true },
      summary: "hostname",
    }),
    installedAt: instant({ is: "When the system was installed.", sensitivity: "plain", own: true }),
    bootMode: choice(["bios", "uefi"], { is: "How the machine was started.", sensitivity: "plain" }),
    timeZone: text(128, { is: "Time zone that the system is set to.", sensitivity: "plain" }),
    uptimeSeconds: reading({
      is: "Time since the last start.",
      sensitivity: "plain",
      unit: "seconds",
      max: 2 ** 40,
    }),
  },
});
