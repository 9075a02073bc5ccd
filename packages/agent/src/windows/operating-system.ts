/** Which Windows runs, from its registry; systeminfo.exe is asked where reg.exe is not allowed. */
import { hostname, machine, release, uptime } from "node:os";
import { type Look, present } from "../collecting/collector.ts";
import { earliestCredible } from "../linux/installed-at.ts";
import { type RegistryKey, readKey, reg } from "./registry.ts";
import { parseSystemInfo, systemInfo } from "./system-info.ts";

const keys = {
  version: "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
  control: "HKLM\\SYSTEM\\CurrentControlSet\\Control",
} as const;

export const windowsOperatingSystem = {
  reads: [],
  programs: [reg, systemInfo],
  async collect(look: Look) {
    const version = windowsOf(await readKey(look, keys.version));
    const told = Object.keys(version).length > 1 ? version : await bySystemInfo(look);
    if (Object.keys(told).length === 0) return { nothing: "none" as const };
    const mode = (await readKey(look, keys.control)).number("PEFirmwareType");
    return {
      document: present({
        ...told,
        bootMode: mode === 1 ? ("bios" as const) : mode === 2 ? ("uefi" as const) : undefined,
        ...(look.live ? ofSystem() : {}),
      }),
      ...(look.live ? { readings: { uptimeSeconds: Math.floor(uptime()) } } : {}),
    };
  },
};

const ofSystem = () => ({
  kernel: release(),
  architecture: machine(),
  hostname: hostname(),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

/** Windows 11 still calls itself 10 there; its builds begin at 22000. */
const firstBuildOf11 = 22_000;

function windowsOf(key: RegistryKey) {
  const build = key.text("CurrentBuild") ?? key.text("CurrentBuildNumber");
  const revision = key.number("UBR");
  const name = key.text("ProductName");
  const is11 = Number(build) >= firstBuildOf11 && /^Windows 10\b/.test(name ?? "");
  const seconds = key.number("InstallDate");
  return present({
    id: "windows",
    name: is11 ? name?.replace("Windows 10", "Windows 11") : name,
    version: key.text("DisplayVersion") ?? key.text("ReleaseId"),
    build: build === undefined || revision === undefined ? build : `${build}.${revision}`,
    installedAt: seconds === undefined ? undefined : earliestCredible([seconds * 1_000], Date.now()),
  });
}

async function bySystemInfo(look: Look) {
  const printed = await look.run(systemInfo, [], { milliseconds: 12_000 });
  const told = parseSystemInfo(printed?.text ?? "");
  if (told.name === undefined) return {};
  const { name, build, hostname: host } = told;
  return present({ id: "windows", name, build, hostname: host });
}
