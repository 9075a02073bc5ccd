/** Section `pending-updates`: what could be newer, what waits for a new start, and what is done by itself. */
import { choice, flag, instant, list, quantity, required, text, texts } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "pending-updates",
  title: "Pending updates",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "/var/lib/apt/lists",
      "/var/lib/dpkg/status",
      "/etc/apt/apt.conf",
      "/etc/apt/apt.conf.d",
      "/etc/apt/preferences",
      "/etc/apt/preferences.d",
      "/usr/bin/unattended-upgrade",
      "/etc/dnf/automatic.conf",
      "/etc/dnf/dnf5-plugins/automatic.conf",
      "/etc/yum/yum-cron.conf",
      "/etc/rpm-ostreed.conf",
      "/etc/systemd/system/timers.target.wants",
      "/var/lib/PackageKit/prepared-update",
      "/run/reboot-required",
      "/run/reboot-required.pkgs",
      "/run/reboot-needed",
      "/run/ostree/staged-deployment",
      "/proc/sys/kernel/osrelease",
      "/boot",
      "/usr/lib/modules",
      "/lib/modules",
    ],
  },
  fields: {
    count: quantity({
      is: "Packages with a newer version, where the machine knows; absent, not 0, where it does not.",
      sensitivity: "plain",
      unit: "count",
      max: 1_000_000,
      search: { field: "updates", as: "number" },
    }),
    securityCount: quantity({
      is: "Those of them whose newer version is a security update.",
      sensitivity: "plain",
      unit: "count",
      max: 1_000_000,
      search: { field: "updates.security", as: "number" },
    }),
    heldCount: quantity({
      is: "Packages that an administrator holds back; they are not counted above.",
      sensitivity: "plain",
      unit: "count",
      max: 1_000_000,
    }),
    checkedAt: instant({
      is: "The day on which the machine last asked what is newer.",
      sensitivity: "plain",
      own: true,
    }),
    packages: list(
      {
        is: "Packages with a newer version.",
        sensitivity: "plain",
        max: 5_000,
        key: ["name", "architecture"],
      },
      {
        name: required(text(256, { is: "Name of the package.", sensitivity: "plain" })),
        architecture: required(text(32, { is: "Architecture of the package.", sensitivity: "plain" })),
        installed: text(256, { is: "Version that is installed.", sensitivity: "plain" }),
        available: text(256, { is: "Version that could be.", sensitivity: "plain" }),
        security: flag({ is: "Whether it is a security update.", sensitivity: "plain" }),
      },
    ),
    reboot: choice(["needed", "not-needed"], {
      is: "Whether the machine has to be started anew for what was installed.",
      sensitivity: "plain",
      search: { field: "reboot", as: "term" },
    }),
    rebootFor: texts(1_000, 256, {
      is: "Packages, or the kernel, for which it has to be.",
      sensitivity: "plain",
    }),
    prepared: flag({
      is: "Whether updates were fetched that the next start will install.",
      sensitivity: "plain",
    }),
    automatic: list(
      { is: "What installs updates by itself.", sensitivity: "plain", max: 32, key: ["tool"] },
      {
        tool: required(text(64, { is: "What does it.", sensitivity: "plain" })),
        mode: choice(["off", "check", "download", "security", "all"], {
          is: "How far it goes: looks for updates, fetches them, installs those for security, or all.",
          sensitivity: "plain",
          search: { field: "updates.automatic", as: "term" },
        }),
      },
    ),
  },
});
