/**
 * Collector of section `pending-updates`. What apt could install is computed from its lists and dpkg's status. dnf,
 * zypper, pacman and apk keep no such answer where it could be read: there the numbers are absent.
 */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { listFolder, readOffers, type Update, updatesOf } from "../linux/apt-lists.ts";
import { automaticUpdateSources, readAutomaticUpdates } from "../linux/automatic-updates.ts";
import { parseInstalled } from "../linux/dpkg-installed.ts";
import { readReboot, rebootSources } from "../linux/reboot.ts";

const paths = {
  status: "/var/lib/dpkg/status",
  pins: "/etc/apt/preferences",
  morePins: "/etc/apt/preferences.d",
  prepared: "/var/lib/PackageKit/prepared-update",
} as const;

const mostBytes = 64 * 2 ** 20;

export const collector = defineCollector({
  section: "pending-updates",
  platforms: {
    linux: {
      reads: [...Object.values(paths), listFolder, ...automaticUpdateSources, ...rebootSources],
      async collect(look) {
        const reboot = readReboot(look);
        const automatic = readAutomaticUpdates(look);
        const document = present({
          ...(await aptUpdates(look)),
          reboot: reboot && (reboot.isNeeded ? ("needed" as const) : ("not-needed" as const)),
          rebootFor: reboot && reboot.because.length > 0 ? [...reboot.because] : undefined,
          prepared: look.exists(paths.prepared) || undefined,
          automatic: automatic.length > 0 ? automatic : undefined,
        });
        return Object.keys(document).length > 0 ? { document } : { nothing: "none" };
      },
    },
  },
});

async function aptUpdates(look: Look) {
  const status = look.text(paths.status, mostBytes);
  if (status === undefined) return {};
  const { installed, held } = parseInstalled(status);
  const known = await readOffers(look, new Set(installed.map(({ name }) => name)));
  if (!known) {
    look.note(`${listFolder}: holds no lists; which updates there are is not known`);
    return {};
  }
  if (look.exists(paths.pins) || look.names(paths.morePins).length > 0)
    look.note("what apt is told to prefer (apt_preferences) was not taken into account");
  const updates = updatesOf(installed, known.offers);
  return present({
    // Too few would be a wrong number.
    count: known.isWhole ? updates.length : undefined,
    securityCount: known.isWhole ? updates.filter(({ isSecurity }) => isSecurity).length : undefined,
    heldCount: held > 0 ? held : undefined,
    checkedAt: dayOf(look.stat(listFolder)?.modified),
    packages: updates.map(packageOf),
  });
}

function packageOf({ name, architecture, version, available, isSecurity }: Update) {
  return { name, architecture, installed: version, available, security: isSecurity };
}

/** The day, so that one look at a list does not make another document. */
function dayOf(milliseconds: number | undefined): string | undefined {
  if (!milliseconds) return undefined;
  return `${new Date(milliseconds).toISOString().slice(0, 10)}T00:00:00.000Z`;
}
