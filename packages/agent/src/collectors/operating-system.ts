/** Collector of section `operating-system`: from os-release and the kernel's own files. */
import { machine } from "node:os";
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { darwinOperatingSystem } from "../darwin/operating-system.ts";
import { elfArchitecture } from "../linux/architecture.ts";
import { bootModeSources, readBootMode } from "../linux/boot-mode.ts";
import { domainSources, readDomain } from "../linux/directory-domain.ts";
import { told } from "../linux/firmware-text.ts";
import { installedAtSources, readInstalledAt } from "../linux/installed-at.ts";
import { localeSources, readLocale } from "../linux/locale.ts";
import {
  debianVersionSource,
  nameOf,
  osReleaseSources,
  readOsRelease,
  readOsVersion,
} from "../linux/os-release.ts";
import { windowsOperatingSystem } from "../windows/operating-system.ts";

const paths = {
  kernelRelease: "/proc/sys/kernel/osrelease",
  /** Since Linux 6.1; unlike uname(2) it does not change with the process's personality. */
  kernelArchitecture: "/proc/sys/kernel/arch",
  kernelHostname: "/proc/sys/kernel/hostname",
  hostname: "/etc/hostname",
  localTime: "/etc/localtime",
  timeZone: "/etc/timezone",
  uptime: "/proc/uptime",
} as const;

/** Every system has one of these. */
const programs = ["/usr/bin/env", "/bin/sh"];
const largestProgram = 16 * 2 ** 20;

export const collector = defineCollector({
  section: "operating-system",
  platforms: {
    linux: {
      reads: [
        ...osReleaseSources,
        debianVersionSource,
        ...Object.values(paths),
        ...bootModeSources,
        ...programs,
        ...installedAtSources,
        ...localeSources,
        ...domainSources,
      ],
      collect(look) {
        const release = readOsRelease(look);
        const uptimeSeconds = parseUptime(look.text(paths.uptime) ?? "");
        const architecture = architectureIn(look);
        const document = present({
          id: release.id,
          name: nameOf(release),
          version: readOsVersion(look, release),
          edition: release.variant,
          build: told(release.buildId),
          kernel: look.text(paths.kernelRelease)?.trim() || undefined,
          architecture,
          hostname: hostnameIn(look),
          installedAt: readInstalledAt(look, Date.now(), uptimeSeconds),
          bootMode: readBootMode(look, architecture),
          timeZone: timeZoneIn(look),
          locale: readLocale(look),
          domain: readDomain(look),
          supportEnds: release.supportEnds,
        });
        const readings = present({ uptimeSeconds });
        return Object.keys(document).length > 0 ? { document, readings } : { nothing: "none" };
      },
    },
    darwin: darwinOperatingSystem,
    win32: windowsOperatingSystem,
  },
});

/** Whole seconds since the last start (proc(5)). */
export function parseUptime(uptime: string): number | undefined {
  const seconds = /^(\d{1,12})(?:\.\d{1,9})?\s/.exec(uptime)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

function architectureIn(look: Look): string | undefined {
  const kernels = look.text(paths.kernelArchitecture)?.trim();
  if (kernels) return kernels;
  if (look.live) return machine();
  for (const program of programs) {
    const content = look.bytes(program, largestProgram);
    if (content) return wideArchitecture(content);
  }
  return undefined;
}

/** What a 64-bit program runs on; a 32-bit one runs on a 64-bit kernel just as well, and tells nothing. */
export function wideArchitecture(program: Uint8Array): string | undefined {
  return program[4] === 2 ? elfArchitecture(program) : undefined;
}

/**
 * The kernel's name is that of the process that asks, so it counts only where this system runs; hostname(5) holds
 * the name, after comments. `(none)` is the kernel's word for no name yet.
 */
function hostnameIn(look: Look): string | undefined {
  const kernels = look.live ? look.text(paths.kernelHostname)?.trim() : undefined;
  if (kernels && kernels !== "(none)") return kernels;
  return firstWord(look.text(paths.hostname) ?? "");
}

/** The first word outside comments. */
export function firstWord(text: string): string | undefined {
  for (const line of text.split("\n", 1_000)) {
    const [word = ""] = line.split("#", 1)[0]?.trim().split(/\s/, 1) ?? [];
    if (word !== "") return word;
  }
  return undefined;
}

/**
 * Where /etc/localtime leads, for that is the zone in force; /etc/timezone is a note of it that stays behind when
 * only the link is changed.
 */
function timeZoneIn(look: Look): string | undefined {
  return (
    parseTimeZone(look.link(paths.localTime)?.split("zoneinfo/").at(1)) ??
    parseTimeZone(firstWord(look.text(paths.timeZone) ?? ""))
  );
}

/** A name of the tz database; without the variant with or without leap seconds. */
export function parseTimeZone(name: string | undefined): string | undefined {
  return /^(?:posix\/|right\/)?([A-Za-z][\w+-]{0,30}(?:\/[A-Za-z][\w+-]{0,30}){0,2})$/.exec(name ?? "")?.[1];
}
