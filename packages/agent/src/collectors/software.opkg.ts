/** Collector of section `software.opkg`: what opkg's status file calls installed. */
import { defineCollector, present } from "../collecting/collector.ts";
import { parseParagraphs } from "../linux/deb822.ts";
import { credibleInstant } from "../linux/installed-at.ts";

/** OpenWrt's place, and everybody else's. */
const statusFiles = ["/usr/lib/opkg/status", "/var/lib/opkg/status"] as const;
const mostBytes = 16 * 2 ** 20;

export const collector = defineCollector({
  section: "software.opkg",
  platforms: {
    linux: {
      reads: statusFiles,
      collect(look) {
        const path = statusFiles.find((file) => look.exists(file));
        if (path === undefined) return { nothing: "none" };
        const text = look.text(path, mostBytes);
        if (text === undefined) return { nothing: "denied" };
        const packages = installedPackages(text);
        if (packages.length > 0) return { document: { packages } };
        return { nothing: text.trim() === "" ? "none" : "failed" };
      },
    },
  },
});

const wanted: ReadonlySet<string> = new Set([
  "package",
  "version",
  "architecture",
  "status",
  "source",
  "maintainer",
  "installed-size",
  "installed-time",
  "auto-installed",
]);

/** deb822 as dpkg's, but sizes are in bytes, and there is a date. */
function installedPackages(text: string) {
  return [...parseParagraphs(text, "package", wanted)].flatMap((paragraph) => {
    const value = (name: string) => paragraph.get(name) || undefined;
    const name = value("package");
    if (name === undefined || value("status")?.split(/\s+/)[2] !== "installed") return [];
    const seconds = numberOf(value("installed-time"));
    return present({
      name,
      version: value("version"),
      architecture: value("architecture") ?? "unknown",
      source: value("source"),
      vendor: value("maintainer"),
      installedAt: credibleInstant(seconds === undefined ? undefined : seconds * 1_000),
      installedSize: numberOf(value("installed-size")),
      automatic: value("auto-installed") === "yes",
    });
  });
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
