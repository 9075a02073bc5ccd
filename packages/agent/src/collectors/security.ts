/** Collector of section `security`: what guards the machine, as far as files tell it. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { accessControlSources, readApparmor, readLockdown, readSelinux } from "../linux/access-control.ts";
import { antivirusSources, readAntivirus } from "../linux/antivirus.ts";
import { blockFolder, readBlockDevices } from "../linux/block-devices.ts";
import { encryptionOf } from "../linux/filesystems.ts";
import { type Firewall, firewallSources, readFirewalls } from "../linux/firewalls.ts";
import { mountSources, readMounts } from "../linux/mounts.ts";
import { readScreenLocks, screenLockSources } from "../linux/screen-locks.ts";
import { readHostKeys, readSshSettings, type SshSettings, sshFolder } from "../linux/ssh-server.ts";

const paths = {
  randomisation: "/proc/sys/kernel/randomize_va_space",
  fips: "/proc/sys/crypto/fips_enabled",
  pools: "/sys/fs/btrfs",
} as const;

export const collector = defineCollector({
  section: "security",
  platforms: {
    linux: {
      reads: [
        ...firewallSources,
        ...accessControlSources,
        ...Object.values(paths),
        sshFolder,
        ...screenLockSources,
        ...antivirusSources,
        ...mountSources,
        blockFolder,
      ],
      collect(look) {
        const firewalls = readFirewalls(look);
        const settings = readSshSettings(look);
        const document = present({
          firewalls: some(firewalls),
          firewall: firewallOf(firewalls),
          selinux: readSelinux(look),
          apparmor: readApparmor(look),
          lockdown: readLockdown(look),
          addressRandomisation: randomisations[look.text(paths.randomisation)?.trim() ?? ""],
          fips: fips[look.text(paths.fips)?.trim() ?? ""],
          rootEncrypted: isRootEncrypted(look),
          antivirus: some(readAntivirus(look)),
          screenLocks: some(readScreenLocks(look)),
          ssh: settings && sshOf(settings),
          sshHostKeys: some(readHostKeys(look)),
        });
        return Object.keys(document).length > 0 ? { document } : { nothing: "none" };
      },
    },
  },
});

const some = <T>(items: readonly T[]): T[] | undefined => (items.length > 0 ? [...items] : undefined);

/** The kernel's numbers (Documentation/admin-guide/sysctl/kernel.rst). */
const randomisations: Readonly<Record<string, "none" | "partial" | "full" | undefined>> = {
  0: "none",
  1: "partial",
  2: "full",
};
const fips: Readonly<Record<string, boolean | undefined>> = { 0: false, 1: true };

function firewallOf(firewalls: readonly Firewall[]): "enabled" | "disabled" | undefined {
  if (firewalls.length === 0) return undefined;
  return firewalls.some(({ enabled }) => enabled) ? "enabled" : "disabled";
}

function isRootEncrypted(look: Look): boolean | undefined {
  const root = readMounts(look).find(({ mount }) => mount === "/");
  if (!root) return undefined;
  const pools = look.names(paths.pools).map((pool) => look.names(`${paths.pools}/${pool}/devices`));
  return encryptionOf(root, readBlockDevices(look), pools);
}

function sshOf(settings: SshSettings) {
  const yesOrNo = (name: string) => (["yes", "no"] as const).find((word) => word === settings.get(name));
  const document = present({
    // The word before OpenSSH 7.
    permitRootLogin: settings.get("permitrootlogin")?.replace("without-password", "prohibit-password"),
    passwordAuthentication: yesOrNo("passwordauthentication"),
    publicKeyAuthentication: yesOrNo("pubkeyauthentication"),
    permitEmptyPasswords: yesOrNo("permitemptypasswords"),
  });
  return Object.keys(document).length > 0 ? document : undefined;
}
