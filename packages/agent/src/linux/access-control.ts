/** SELinux, AppArmor and the kernel's lockdown. */
import { type Look, present } from "../collecting/collector.ts";
import { parseAssignments } from "./os-release.ts";

const paths = {
  selinux: "/sys/fs/selinux",
  selinuxConfig: "/etc/selinux/config",
  apparmor: "/sys/module/apparmor/parameters/enabled",
  security: "/sys/kernel/security",
} as const;

export const accessControlSources: readonly string[] = Object.values(paths);

const selinuxStates = ["enforcing", "permissive", "disabled"] as const;
type SelinuxState = (typeof selinuxStates)[number];

const stateNamed = (word: string | undefined): SelinuxState | undefined =>
  selinuxStates.find((state) => state === word?.trim().toLowerCase());

/** Undefined where there is none and none is set up. */
export function readSelinux(look: Look) {
  const said = parseAssignments(look.text(paths.selinuxConfig) ?? "");
  const enforce = look.text(`${paths.selinux}/enforce`)?.trim();
  // Without its file system it is off, where the kernel's files can be seen at all.
  const absent = said.size > 0 && look.exists(paths.security) ? "disabled" : undefined;
  const state: SelinuxState | undefined =
    enforce === "1" ? "enforcing" : enforce === "0" ? "permissive" : absent;
  return some({
    state,
    configured: stateNamed(said.get("SELINUX")),
    policy: said.get("SELINUXTYPE") || undefined,
  });
}

export function readApparmor(look: Look) {
  const enabled = look.text(paths.apparmor)?.trim();
  if (enabled !== "Y") return some({ state: enabled === "N" ? ("disabled" as const) : undefined });
  const profiles = look.text(`${paths.security}/apparmor/profiles`, 4 * 2 ** 20);
  return some({ state: "enabled" as const, ...(profiles === undefined ? {} : countProfiles(profiles)) });
}

/** Lines of `NAME (enforce)`. */
export function countProfiles(text: string): { readonly enforced: number; readonly complaining: number } {
  const modes = text.split("\n").map((line) => line.slice(line.lastIndexOf(" (")));
  const count = (mode: string) => modes.filter((each) => each === ` (${mode})`).length;
  return { enforced: count("enforce") + count("kill"), complaining: count("complain") };
}

/** The one in brackets: `none [integrity] confidentiality`. */
export function parseLockdown(text: string): "none" | "integrity" | "confidentiality" | undefined {
  const [, word] = /\[(\w{1,32})\]/.exec(text) ?? [];
  return (["none", "integrity", "confidentiality"] as const).find((each) => each === word);
}

export const readLockdown = (look: Look) => parseLockdown(look.text(`${paths.security}/lockdown`) ?? "");

function some<T extends object>(value: T) {
  const members = present(value);
  return Object.keys(members).length > 0 ? members : undefined;
}
