/** Section `security`: what guards the machine, and how it is set. */
import { choice, flag, group, instant, list, quantity, required, text } from "../fields.ts";
import { defineSection } from "../section.ts";

export const definition = defineSection({
  name: "security",
  title: "Security",
  schema: 1,
  category: "system",
  purposes: ["inventory", "security"],
  sources: {
    linux: [
      "/etc/ufw",
      "/etc/default/ufw",
      "/usr/sbin/firewalld",
      "/etc/firewalld/firewalld.conf",
      "/etc/nftables.conf",
      "/etc/sysconfig/nftables.conf",
      "/etc/iptables",
      "/etc/sysconfig/iptables",
      "/etc/systemd/system",
      "/etc/runlevels",
      "/sys/fs/selinux",
      "/etc/selinux/config",
      "/sys/module/apparmor/parameters/enabled",
      "/sys/kernel/security",
      "/proc/sys/kernel/randomize_va_space",
      "/proc/sys/crypto/fips_enabled",
      "/etc/ssh",
      "/etc/dconf/db",
      "/etc/xdg/kscreenlockerrc",
      "/usr/bin/clamscan",
      "/usr/sbin/clamd",
      "/var/lib/clamav",
      "/var/opt/carbonblack",
      "/opt/BitDefender",
      "/opt/COMODO",
      "/opt/CrowdStrike",
      "/opt/Elastic/Endpoint",
      "/opt/McAfee",
      "/opt/Symantec",
      "/opt/TrendMicro",
      "/opt/bitdefender-security-tools",
      "/opt/carbonblack",
      "/opt/cisco/amp",
      "/opt/cybereason",
      "/opt/cylance",
      "/opt/drweb.com",
      "/opt/ds_agent",
      "/opt/eset",
      "/opt/f-secure",
      "/opt/isec/ens",
      "/opt/kaspersky",
      "/opt/microsoft/mdatp",
      "/opt/sentinelone",
      "/opt/sophos-av",
      "/opt/sophos-spl",
      "/opt/traps",
      "/sys/block",
      "/sys/fs/btrfs",
      "/proc/self/mountinfo",
      "/proc/1/mountinfo",
      "/proc/self/mounts",
      "/proc/mounts",
    ],
  },
  fields: {
    firewalls: list(
      { is: "Firewalls that are set up.", sensitivity: "plain", max: 16, key: ["name"] },
      {
        name: required(
          choice(["ufw", "firewalld", "nftables", "iptables"], {
            is: "What sets it up.",
            sensitivity: "plain",
          }),
        ),
        enabled: flag({ is: "Whether it is started with the machine.", sensitivity: "plain" }),
        incoming: text(64, {
          is: "What happens to incoming connections that no rule speaks of, or the default zone, where it says so.",
          sensitivity: "plain",
        }),
      },
    ),
    firewall: choice(["enabled", "disabled"], {
      is: "Whether any of them is started with the machine.",
      sensitivity: "plain",
      search: { field: "firewall", as: "term" },
    }),
    selinux: group(
      { is: "SELinux.", sensitivity: "plain" },
      {
        state: choice(["enforcing", "permissive", "disabled"], {
          is: "What it does now.",
          sensitivity: "plain",
          search: { field: "selinux", as: "term" },
        }),
        configured: choice(["enforcing", "permissive", "disabled"], {
          is: "What it is set to do from the next start on.",
          sensitivity: "plain",
        }),
        policy: text(64, { is: "Name of the policy.", sensitivity: "plain" }),
      },
    ),
    apparmor: group(
      { is: "AppArmor.", sensitivity: "plain" },
      {
        state: choice(["enabled", "disabled"], {
          is: "Whether it is in force.",
          sensitivity: "plain",
          search: { field: "apparmor", as: "term" },
        }),
        enforced: quantity({
          is: "Profiles in force.",
          sensitivity: "plain",
          unit: "count",
          max: 1_000_000,
        }),
        complaining: quantity({
          is: "Profiles that only complain.",
          sensitivity: "plain",
          unit: "count",
          max: 1_000_000,
        }),
      },
    ),
    lockdown: choice(["none", "integrity", "confidentiality"], {
      is: "How far the kernel is locked against the administrator.",
      sensitivity: "plain",
    }),
    addressRandomisation: choice(["none", "partial", "full"], {
      is: "Whether the kernel places programs at addresses that cannot be guessed.",
      sensitivity: "plain",
    }),
    fips: flag({ is: "Whether cryptography is limited to FIPS 140.", sensitivity: "plain" }),
    rootEncrypted: flag({
      is: "Whether the root file system lies on an encrypted volume.",
      sensitivity: "plain",
    }),
    antivirus: list(
      {
        is: "Programs against viruses and intruders that are installed.",
        sensitivity: "plain",
        max: 64,
        key: ["name"],
      },
      {
        name: required(
          text(128, {
            is: "Name of the program.",
            sensitivity: "plain",
            search: { field: "antivirus", as: "term", words: true },
          }),
        ),
        definitionsAt: instant({
          is: "The day of its definitions, where a file tells it.",
          sensitivity: "plain",
          own: true,
        }),
      },
    ),
    screenLocks: list(
      {
        is: "How screens are locked by what is set for everybody; persons' own settings are not looked at.",
        sensitivity: "plain",
        max: 16,
        key: ["desktop"],
      },
      {
        desktop: required(text(64, { is: "The desktop that it is set for.", sensitivity: "plain" })),
        enabled: flag({ is: "Whether the screen is locked when nobody uses it.", sensitivity: "plain" }),
        afterSeconds: quantity({
          is: "After how long.",
          sensitivity: "plain",
          unit: "seconds",
          max: 2 ** 32,
        }),
        mandatory: flag({ is: "Whether persons cannot change it.", sensitivity: "plain" }),
      },
    ),
    ssh: group(
      { is: "What the SSH server is set to, where it is set.", sensitivity: "plain" },
      {
        permitRootLogin: text(64, {
          is: "Whether, or how, the administrator may log in.",
          sensitivity: "plain",
          search: { field: "ssh.root", as: "term" },
        }),
        passwordAuthentication: choice(["yes", "no"], {
          is: "Whether a password is enough.",
          sensitivity: "plain",
          search: { field: "ssh.password", as: "term" },
        }),
        publicKeyAuthentication: choice(["yes", "no"], { is: "Whether a key is.", sensitivity: "plain" }),
        permitEmptyPasswords: choice(["yes", "no"], {
          is: "Whether accounts without a password may log in.",
          sensitivity: "plain",
        }),
      },
    ),
    sshHostKeys: list(
      { is: "Keys by which the SSH server is known.", sensitivity: "plain", max: 64, key: ["fingerprint"] },
      {
        fingerprint: required(
          text(64, {
            is: "SHA-256 of the public key, as ssh-keygen prints it.",
            sensitivity: "plain",
            own: true,
            search: { field: "fingerprint", as: "key" },
          }),
        ),
        type: text(64, { is: "Kind of the key.", sensitivity: "plain" }),
        bits: quantity({ is: "Its length in bits.", sensitivity: "plain", unit: "count", max: 1_000_000 }),
      },
    ),
  },
});
