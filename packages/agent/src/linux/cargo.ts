/** What `cargo install` notes of each program: .crates2.json, and .crates.toml of before (cargo's ops/common_for_install_and_uninstall.rs). */
import { type Look, present } from "../collecting/collector.ts";
import { entriesAt, readJson } from "./json.ts";
import { packageUrl } from "./package-url.ts";

export interface CargoPackage {
  readonly name: string;
  readonly version: string;
  /** Where its source came from. */
  readonly repository?: string;
  readonly purl?: string;
}

/** The newer one tells all that the older one does. */
export const crateFiles = [".crates2.json", ".crates.toml"] as const;

export function cratesIn(look: Look, folder: string): CargoPackage[] {
  const [json, toml] = crateFiles.map((file) => `${folder}/${file}`);
  const listed = json === undefined ? undefined : readJson(look, json);
  if (listed !== undefined) return parseCrates(listed);
  return toml === undefined ? [] : parseCratesToml(look.text(toml) ?? "");
}

function parseCrates(json: unknown): CargoPackage[] {
  return entriesAt(json, "installs").flatMap(([id]) => crateOf(id) ?? []);
}

/** Lines such as `"ripgrep 13.0.0 (registry+https://…)" = ["rg"]`. */
function parseCratesToml(text: string): CargoPackage[] {
  return text.split("\n").flatMap((line) => crateOf(/^\s*"([^"]+)"\s*=/.exec(line)?.[1] ?? "") ?? []);
}

/** cargo's index goes by two addresses. */
const cratesIo =
  /^(?:registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index|sparse\+https:\/\/index\.crates\.io\/)$/;

/** Without who fetched it, and with which word; none where it is a folder, or what may hold either. */
function addressOf(source: string): string | undefined {
  const address = source.replace(/^(?:registry|sparse|git)\+/, "");
  const [, scheme, rest] = /^(https?|ssh|git):\/\/(?:[^/?#]*@)?([^@]+)$/.exec(address) ?? [];
  return scheme === undefined || rest === undefined ? undefined : `${scheme}://${rest}`;
}

/** `ripgrep 13.0.0 (registry+https://github.com/rust-lang/crates.io-index)`. A folder is somebody's place, and left out. */
function crateOf(id: string): CargoPackage | undefined {
  const [, name, version, source] = /^([\w-]+) ([\w.+-]+) \(([^()\s]+)\)$/.exec(id) ?? [];
  if (name === undefined || version === undefined || source === undefined) return undefined;
  return present({
    name,
    version,
    repository: addressOf(source),
    purl: cratesIo.test(source) ? packageUrl({ type: "cargo", name, version }) : undefined,
  });
}
