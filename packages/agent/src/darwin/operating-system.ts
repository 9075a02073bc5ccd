/** Which macOS runs: from its own SystemVersion.plist, the same that sw_vers(1) reads. */
import { hostname, machine, release, uptime } from "node:os";
import { type Look, present } from "../collecting/collector.ts";
import { earliestCredible } from "../linux/installed-at.ts";
import { parseAnyPlist } from "./binary-plist.ts";
import { textAt } from "./plist.ts";

const paths = {
  version: "/System/Library/CoreServices/SystemVersion.plist",
  /** Made when the assistant of the first start ends. */
  setupDone: "/var/db/.AppleSetupDone",
  localTime: "/etc/localtime",
} as const;

export const darwinOperatingSystem = {
  reads: Object.values(paths),
  collect(look: Look) {
    const told = parseAnyPlist(look.bytes(paths.version) ?? new Uint8Array());
    const { modified = 0 } = look.stat(paths.setupDone) ?? {};
    const document = present({
      id: told === undefined ? undefined : "macos",
      name: textAt(told, "ProductName"),
      version: textAt(told, "ProductUserVisibleVersion") ?? textAt(told, "ProductVersion"),
      build: textAt(told, "ProductBuildVersion"),
      installedAt: earliestCredible([modified], Date.now()),
      timeZone: timeZoneOf(look.link(paths.localTime)),
      ...(look.live ? ofKernel() : {}),
    });
    if (Object.keys(document).length === 0) return { nothing: "none" as const };
    return { document, ...(look.live ? { readings: { uptimeSeconds: Math.floor(uptime()) } } : {}) };
  },
};

const ofKernel = () => ({ kernel: release(), architecture: machine(), hostname: hostname() });

const timeZoneOf = (link: string | undefined): string | undefined => link?.split("zoneinfo/").at(1);
