/** Extensions of Chromium and its kin: Extensions/ID/VERSION/manifest.json of a profile, and its settings. */
import { present } from "../collecting/collector.ts";
import { entriesAt, listAt, memberAt, textAt } from "./json.ts";
import type { BrowserExtension } from "./mozilla-addons.ts";

/** `aapocclcgogkmnckokdopfmhonfmgoek`: 32 letters from a to p. */
export const isExtensionId = (name: string): boolean => /^[a-p]{32}$/.test(name);

/** The newest of the folders `1.2.3_0`: an older one stays until the browser starts again. */
export function newestFolder(names: readonly string[]): string | undefined {
  return names.filter((name) => /^\d[\w.]*$/.test(name)).reduce<string | undefined>(newer, undefined);
}

function newer(one: string | undefined, other: string): string {
  if (one === undefined) return other;
  const [a, b] = [numbersOf(one), numbersOf(other)];
  const at = b.findIndex((number, index) => number !== (a[index] ?? 0));
  return at !== -1 && (b[at] ?? 0) > (a[at] ?? 0) ? other : one;
}

const numbersOf = (name: string): number[] => name.split(/[._]/).map(Number);

/** `__MSG_appName__` stands for a message of the extension's own language. */
export function messageName(manifest: unknown): string | undefined {
  return /^__MSG_(\w+)__$/.exec(textAt(manifest, "name") ?? "")?.[1];
}

export function messageOf(messages: unknown, name: string): string | undefined {
  const [, found] = entriesAt(messages).find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
  return textAt(found, "message");
}

/** Where its messages lie, as the manifest says; a name of a folder and nothing else. */
export function languageOf(manifest: unknown): string | undefined {
  return /^[\w-]{1,32}$/.exec(textAt(manifest, "default_locale") ?? "")?.[0];
}

export const isTheme = (manifest: unknown): boolean => memberAt(manifest, "theme") !== undefined;

export interface ExtensionSetting {
  readonly enabled: boolean;
  /** Comes with the browser: extensions/common/manifest.mojom, kComponent and kExternalComponent. */
  readonly isBuiltIn: boolean;
}

/** What "Preferences" or "Secure Preferences" says of each extension, by its id. */
export function extensionSettings(preferences: unknown): ReadonlyMap<string, ExtensionSetting> {
  return new Map(
    entriesAt(preferences, "extensions", "settings")
      .filter(([id]) => isExtensionId(id))
      .map(([id, setting]) => [id, settingOf(setting)]),
  );
}

/** Newer browsers write no `state`, but the reasons for which one is off: a list, before that a set of bits. */
function settingOf(setting: unknown): ExtensionSetting {
  const reasons = memberAt(setting, "disable_reasons");
  const isOff =
    memberAt(setting, "state") === 0 ||
    listAt(setting, "disable_reasons").length > 0 ||
    (typeof reasons === "number" && reasons !== 0);
  const location = memberAt(setting, "location");
  return { enabled: !isOff, isBuiltIn: location === 5 || location === 10 };
}

export function chromiumExtension(
  id: string,
  manifest: unknown,
  message: string | undefined,
  setting: ExtensionSetting | undefined,
): BrowserExtension | undefined {
  const version = textAt(manifest, "version");
  if (version === undefined) return undefined;
  const name = messageName(manifest) === undefined ? textAt(manifest, "name") : message;
  return present({ id, name, version, enabled: setting?.enabled });
}
