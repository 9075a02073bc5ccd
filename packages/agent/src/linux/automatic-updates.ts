/** What installs updates by itself, and how far it goes, by the settings of each tool. */
import type { Look } from "../collecting/collector.ts";
import { aptConfigSources, aptSetting, readAptConfig } from "./apt-config.ts";
import { parseIni } from "./ini.ts";

/** Looks for updates; fetches them; installs those for security, or all. */
export type AutomaticMode = "off" | "check" | "download" | "security" | "all";

export interface AutomaticUpdates {
  readonly tool: string;
  readonly mode: AutomaticMode;
}

const paths = {
  unattended: "/usr/bin/unattended-upgrade",
  dnfAutomatic: "/etc/dnf/automatic.conf",
  dnf5Automatic: "/etc/dnf/dnf5-plugins/automatic.conf",
  yumCron: "/etc/yum/yum-cron.conf",
  ostree: "/etc/rpm-ostreed.conf",
  timers: "/etc/systemd/system/timers.target.wants",
} as const;

export const automaticUpdateSources: readonly string[] = [...Object.values(paths), ...aptConfigSources];

export function readAutomaticUpdates(look: Look): AutomaticUpdates[] {
  const timers = new Set(look.names(paths.timers));
  return [
    ...apt(look),
    ...dnf(look, timers),
    ...yumCron(look),
    ...ostree(look),
    ...(timers.has("transactional-update.timer")
      ? [{ tool: "transactional-update", mode: "all" as const }]
      : []),
  ];
}

function apt(look: Look): AutomaticUpdates[] {
  const config = readAptConfig(look);
  const days = (name: string) => intervalOf(aptSetting(config, `apt::periodic::${name}`));
  const hasTool = look.exists(paths.unattended);
  if (!hasTool && config.size === 0) return [];
  if (aptSetting(config, "apt::periodic::enable") === "0") return [{ tool: "apt", mode: "off" }];
  if (hasTool && days("unattended-upgrade")) {
    const origins = [...config].flatMap(([name, values]) =>
      /^unattended-upgrade::(allowed-origins|origins-pattern)$/.test(name) ? values : [],
    );
    return [{ tool: "unattended-upgrades", mode: isForSecurity(origins) ? "security" : "all" }];
  }
  if (days("download-upgradeable-packages")) return [{ tool: "apt", mode: "download" }];
  return [{ tool: "apt", mode: days("update-package-lists") ? "check" : "off" }];
}

/** A number of days, or a time with its unit; `always`. */
const intervalOf = (text: string | undefined): boolean =>
  text !== undefined && !/^0?[smhd]?$/.test(text.trim());

/**
 * Whether new versions come from the security archive alone: of the others named, the one that the system was
 * installed from has none on Ubuntu (`…:noble`), and on Debian those of its point releases.
 */
export function isForSecurity(origins: readonly string[]): boolean {
  return !origins.some(
    (origin) => /-(updates|proposed|backports)\b/.test(origin) || /label=Debian(,|$)/.test(origin),
  );
}

const dnfTimers: Readonly<Record<string, AutomaticMode | undefined>> = {
  "dnf-automatic-install.timer": "all",
  "dnf-automatic-download.timer": "download",
  "dnf-automatic-notifyonly.timer": "check",
};

function dnf(look: Look, timers: ReadonlySet<string>): AutomaticUpdates[] {
  const text = look.text(paths.dnfAutomatic) ?? look.text(paths.dnf5Automatic);
  const forced = Object.entries(dnfTimers).find(([name]) => timers.has(name))?.[1];
  const isOn =
    forced !== undefined || timers.has("dnf-automatic.timer") || timers.has("dnf5-automatic.timer");
  if (text === undefined && !isOn) return [];
  const said = parseIni(text ?? "").get("commands");
  const mode = isOn ? (forced ?? modeOf(said?.get("apply_updates"), said?.get("download_updates"))) : "off";
  return [
    {
      tool: "dnf-automatic",
      mode: mode === "all" && said?.get("upgrade_type") === "security" ? "security" : mode,
    },
  ];
}

function yumCron(look: Look): AutomaticUpdates[] {
  const text = look.text(paths.yumCron);
  if (text === undefined) return [];
  const said = parseIni(text).get("commands");
  const mode = modeOf(said?.get("apply_updates"), said?.get("download_updates"));
  return [
    {
      tool: "yum-cron",
      mode: mode === "all" && said?.get("update_cmd")?.startsWith("security") ? "security" : mode,
    },
  ];
}

function modeOf(applies: string | undefined, downloads: string | undefined): AutomaticMode {
  const isYes = (word: string | undefined) => /^(yes|true|1|on)$/i.test(word ?? "");
  return isYes(applies) ? "all" : isYes(downloads) ? "download" : "check";
}

const ostreeModes: ReadonlyMap<string, AutomaticMode> = new Map([
  ["none", "off"],
  ["check", "check"],
  ["stage", "download"],
  ["apply", "all"],
]);

function ostree(look: Look): AutomaticUpdates[] {
  const text = look.text(paths.ostree);
  if (text === undefined) return [];
  const policy = parseIni(text).get("daemon")?.get("automaticupdatepolicy") ?? "none";
  const mode = ostreeModes.get(policy);
  return mode === undefined ? [] : [{ tool: "rpm-ostree", mode }];
}
