/** Homebrew's folders: `Cellar/NAME/VERSION` with a receipt in each, `Caskroom/NAME/VERSION`. */
import { type Look, present } from "../collecting/collector.ts";
import { credibleInstant } from "./installed-at.ts";
import { memberAt, readJson, textAt } from "./json.ts";

export interface BrewPackage {
  readonly name: string;
  readonly version: string;
  readonly kind: "formula" | "cask";
  readonly architecture?: string;
  /** The tap. */
  readonly repository?: string;
  readonly installedAt?: string;
  readonly automatic?: boolean;
}

const mostPackages = 5_000;

export function formulaeIn(look: Look, cellar: string): BrewPackage[] {
  return versionsIn(look, cellar).map(({ name, version }) => {
    const path = `${cellar}/${name}/${version}/INSTALL_RECEIPT.json`;
    const receipt = look.link(path) === undefined ? readJson(look, path) : undefined;
    return { name, version, kind: "formula", ...receiptOf(receipt) };
  });
}

export function casksIn(look: Look, caskroom: string): BrewPackage[] {
  return versionsIn(look, caskroom).map((found) => ({ ...found, kind: "cask" }));
}

/** Folders alone: these are a person's on most machines, and a link would lead root to where that person may not look. */
function versionsIn(look: Look, folder: string) {
  if (look.link(folder) !== undefined) return [];
  return foldersIn(look, folder)
    .slice(0, mostPackages)
    .flatMap((name) => foldersIn(look, `${folder}/${name}`).map((version) => ({ name, version })));
}

function foldersIn(look: Look, folder: string): string[] {
  const links = new Set(look.links(folder));
  return look.names(folder).filter((name) => !name.startsWith(".") && !links.has(name));
}

/** Of what nobody asked for the receipt says so; it is older than that word in old installations. */
function receiptOf(receipt: unknown) {
  const seconds = memberAt(receipt, "time");
  const asked = memberAt(receipt, "installed_on_request");
  return present({
    architecture: textAt(receipt, "arch"),
    repository: textAt(receipt, "source", "tap"),
    installedAt: credibleInstant(typeof seconds === "number" ? seconds * 1_000 : undefined),
    automatic: typeof asked === "boolean" ? !asked : undefined,
  });
}
