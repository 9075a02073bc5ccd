/** Collector of section `software.macos`: the applications in the machine's own folders, from their Info.plist. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { parseAnyPlist } from "../darwin/binary-plist.ts";
import { textAt } from "../darwin/plist.ts";
import { earliestCredible } from "../linux/installed-at.ts";

/** People's own, below their homes, are not among them. */
const folders = ["/Applications", "/System/Applications", "/System/Library/CoreServices"] as const;
/** Folders of a maker or of utilities have applications, too, one level down. */
const deepest = 2;
const mostFolders = 2_000;

export const collector = defineCollector({
  section: "software.macos",
  platforms: {
    darwin: {
      reads: folders,
      collect(look) {
        const now = Date.now();
        const packages = folders
          .flatMap((folder) => applicationsIn(look, folder, deepest))
          .slice(0, mostFolders)
          .flatMap((path) => applicationAt(look, path, now) ?? []);
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

function applicationsIn(look: Look, folder: string, depth: number): string[] {
  return look
    .names(folder)
    .slice(0, mostFolders)
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      if (name.endsWith(".app")) return [path];
      const isFolder = depth > 1 && !name.includes(".") && look.stat(path)?.kind === "folder";
      return isFolder ? applicationsIn(look, path, depth - 1) : [];
    });
}

function applicationAt(look: Look, path: string, now: number) {
  const file = `${path}/Contents/Info.plist`;
  const bytes = look.bytes(file);
  const info = bytes && parseAnyPlist(bytes);
  const identifier = textAt(info, "CFBundleIdentifier");
  if (identifier === undefined) return undefined;
  const isFromStore = look.exists(`${path}/Contents/_MASReceipt`);
  return present({
    name: textAt(info, "CFBundleDisplayName") ?? textAt(info, "CFBundleName") ?? nameOf(path),
    identifier,
    version: textAt(info, "CFBundleShortVersionString") ?? textAt(info, "CFBundleVersion"),
    build: textAt(info, "CFBundleVersion"),
    vendor: path.startsWith("/System/") || identifier.startsWith("com.apple.") ? "Apple Inc." : undefined,
    repository: isFromStore ? "Mac App Store" : undefined,
    installedAt: earliestCredible([look.stat(file)?.modified ?? 0], now),
  });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1, -".app".length);
