/** The language and region that the system is set to for everybody. */
import type { Look } from "../collecting/collector.ts";
import { parseAssignments } from "./os-release.ts";

/** locale.conf(5), Debian's older place, Red Hat's before systemd. */
export const localeSources = ["/etc/locale.conf", "/etc/default/locale", "/etc/sysconfig/i18n"] as const;

export function readLocale(look: Look): string | undefined {
  for (const source of localeSources) {
    const said = parseAssignments(look.text(source) ?? "");
    const locale = said.get("LC_ALL") || said.get("LANG");
    if (locale && /^[A-Za-z][\w.@-]{0,63}$/.test(locale)) return locale;
  }
  return undefined;
}
