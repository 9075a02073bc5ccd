/** Who may act as the administrator: sudoers(5) and doas.conf(5), as far as they name accounts and groups. */
import type { Look } from "../collecting/collector.ts";

const paths = {
  sudoers: "/etc/sudoers",
  /** Where the system's own is kept apart from the administrator's. */
  ownSudoers: "/usr/etc/sudoers",
  more: "/etc/sudoers.d",
  doas: "/etc/doas.conf",
} as const;

export const administratorSources: readonly string[] = Object.values(paths);

/** Whom rules let do everything: names, and groups as `%name`. */
export type Allowed = ReadonlySet<string>;

/** What distributions allow everything where nobody changed it, for who may not read the rules. */
const usualGroups = ["%sudo", "%wheel", "%admin"];

const mostFiles = 1_000;

export function readAllowed(look: Look): Allowed {
  const main = look.text(paths.sudoers) ?? look.text(paths.ownSudoers);
  const names = look.names(paths.more).filter((name) => !name.endsWith("~") && !name.includes("."));
  const rules = names.slice(0, mostFiles);
  const texts = [main ?? "", ...rules.map((name) => look.text(`${paths.more}/${name}`) ?? "")];
  const allowed = [...parseSudoers(texts.join("\n")), ...parseDoas(look.text(paths.doas) ?? "")];
  const isHidden = main === undefined && (look.exists(paths.sudoers) || look.exists(paths.ownSudoers));
  return new Set(isHidden ? [...usualGroups, ...allowed] : allowed);
}

const longestRule = 4_096;

/** Rules of `WHO HOST=(AS) TAG: COMMANDS` for all hosts, root and all commands; aliases of users are followed once. */
export function parseSudoers(text: string): string[] {
  const aliases = new Map<string, string[]>();
  const allowed: string[] = [];
  for (const line of text.replaceAll(/\\\r?\n/g, " ").split("\n")) {
    const rule = line.replace(/(^|\s)#(?!\d).*$/, "").trim();
    const equals = rule.indexOf("=");
    if (equals <= 0 || rule.length > longestRule) continue;
    const [left, right] = [rule.slice(0, equals).trim(), rule.slice(equals + 1).trim()];
    if (left.startsWith("User_Alias")) aliases.set(left.slice("User_Alias".length).trim(), listed(right));
    else if (!/^(Defaults|\w+_Alias)\b/.test(left) && allowsAll(left, right)) allowed.push(...whoIn(left));
  }
  return allowed.flatMap((who) => aliases.get(who) ?? [who]).filter((who) => who !== "ALL");
}

const listed = (text: string): string[] => text.split(",").map((each) => each.trim());

/** The users are a list with commas, the hosts behind it another. */
const wordsOf = (left: string): string[] => listed(left).join(",").split(/\s+/);
const whoIn = (left: string): string[] => (wordsOf(left)[0] ?? "").split(",");

function allowsAll(left: string, right: string): boolean {
  if (!(wordsOf(left)[1] ?? "").split(",").includes("ALL")) return false;
  const [whole = "", as] = /^\(([^)]*)\)/.exec(right) ?? [];
  const targets = listed(as?.split(":", 1)[0] ?? "root");
  if (!targets.includes("ALL") && !targets.includes("root")) return false;
  return listed(right.slice(whole.length)).some((command) => command.split(":").at(-1)?.trim() === "ALL");
}

/** `permit [OPTIONS] WHO [as TARGET] [cmd COMMAND]`; a group is `:name`. */
export function parseDoas(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const words = line
      .replace(/#.*$/, "")
      .replaceAll(/\{[^{}]*\}/g, "")
      .trim()
      .split(/\s+/);
    const who = words.slice(1).find((word) => !doasOptions.has(word));
    const target = words.includes("as") ? words[words.indexOf("as") + 1] : "root";
    if (words[0] !== "permit" || who === undefined || target !== "root" || words.includes("cmd")) return [];
    return [who.startsWith(":") ? `%${who.slice(1)}` : who];
  });
}

const doasOptions: ReadonlySet<string> = new Set(["nopass", "nolog", "persist", "keepenv", "setenv"]);
