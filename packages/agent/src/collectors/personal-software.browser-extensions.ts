/** Collector of section `personal-software.browser-extensions`: the profiles of a person's browsers. */
import { defineHomeCollector, type Look } from "../collecting/collector.ts";
import { onceEach } from "../collecting/together.ts";
import {
  chromiumExtension,
  type ExtensionSetting,
  extensionSettings,
  isExtensionId,
  isTheme,
  languageOf,
  messageName,
  messageOf,
  newestFolder,
} from "../linux/chromium-extensions.ts";
import { readJson } from "../linux/json.ts";
import { type BrowserExtension, mozillaExtensions } from "../linux/mozilla-addons.ts";

/** Folders with a folder for each profile. */
const mozillaFolders = [
  ["firefox", "~/.mozilla/firefox"],
  ["firefox", "~/.config/mozilla/firefox"],
  ["firefox", "~/snap/firefox/common/.mozilla/firefox"],
  ["firefox", "~/.var/app/org.mozilla.firefox/.mozilla/firefox"],
  ["firefox", "~/.var/app/org.mozilla.firefox/config/mozilla/firefox"],
  ["librewolf", "~/.librewolf"],
  ["thunderbird", "~/.thunderbird"],
] as const;

/** Folders with their profiles, `Default` and `Profile 1`; Opera's is its only one. */
const chromiumFolders = [
  ["chrome", "~/.config/google-chrome"],
  ["chromium", "~/.config/chromium"],
  ["edge", "~/.config/microsoft-edge"],
  ["brave", "~/.config/BraveSoftware/Brave-Browser"],
  ["vivaldi", "~/.config/vivaldi"],
  ["opera", "~/.config/opera"],
  ["chromium", "~/snap/chromium/common/chromium"],
  ["chrome", "~/.var/app/com.google.Chrome/config/google-chrome"],
  ["chromium", "~/.var/app/org.chromium.Chromium/config/chromium"],
  ["edge", "~/.var/app/com.microsoft.Edge/config/microsoft-edge"],
  ["brave", "~/.var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"],
] as const;

const MiB = 2 ** 20;
const mostProfiles = 64;
const mostPerProfile = 1_000;

export const collector = defineHomeCollector({
  section: "personal-software.browser-extensions",
  platforms: {
    linux: {
      homes: [...mozillaFolders, ...chromiumFolders].map(([, folder]) => folder),
      collect(home) {
        const found = [
          ...mozillaFolders.flatMap(([browser, folder]) => named(browser, ofMozilla(home, folder))),
          ...chromiumFolders.flatMap(([browser, folder]) => named(browser, ofChromium(home, folder))),
        ];
        if (found.length === 0) return { nothing: "none" };
        return { document: { extensions: onceEach(found) } };
      },
    },
  },
});

function named<B extends string>(browser: B, extensions: readonly BrowserExtension[]) {
  return extensions.map((extension) => ({ browser, ...extension }));
}

function ofMozilla(home: Look, folder: string): BrowserExtension[] {
  return home
    .names(folder)
    .slice(0, mostProfiles)
    .flatMap((profile) => mozillaExtensions(readJson(home, `${folder}/${profile}/extensions.json`, 8 * MiB)));
}

function ofChromium(home: Look, folder: string): BrowserExtension[] {
  const names = home.names(folder);
  const profiles = names.filter((name) => /^(Default|Profile \d+)$/.test(name)).slice(0, mostProfiles);
  const places = profiles.map((profile) => `${folder}/${profile}`);
  if (names.includes("Extensions")) places.push(folder);
  return places.flatMap((place) => ofProfile(home, place));
}

function ofProfile(home: Look, profile: string): BrowserExtension[] {
  const ids = home.names(`${profile}/Extensions`).filter(isExtensionId).slice(0, mostPerProfile);
  if (ids.length === 0) return [];
  const settings = new Map(
    ["Preferences", "Secure Preferences"].flatMap((name) => [
      ...extensionSettings(readJson(home, `${profile}/${name}`, 16 * MiB)),
    ]),
  );
  return ids.flatMap((id) => extensionOf(home, `${profile}/Extensions/${id}`, id, settings.get(id)) ?? []);
}

function extensionOf(
  home: Look,
  folder: string,
  id: string,
  setting: ExtensionSetting | undefined,
): BrowserExtension | undefined {
  const newest = newestFolder(home.names(folder));
  if (newest === undefined || setting?.isBuiltIn) return undefined;
  const manifest = readJson(home, `${folder}/${newest}/manifest.json`);
  if (isTheme(manifest)) return undefined;
  return chromiumExtension(id, manifest, readMessage(home, `${folder}/${newest}`, manifest), setting);
}

function readMessage(home: Look, folder: string, manifest: unknown): string | undefined {
  const [name, language] = [messageName(manifest), languageOf(manifest)];
  if (name === undefined || language === undefined) return undefined;
  return messageOf(readJson(home, `${folder}/_locales/${language}/messages.json`), name);
}
