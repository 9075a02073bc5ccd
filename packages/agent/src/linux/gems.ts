/** Ruby's gems by the names of their specifications, which tell all that is wanted. */
import { type Look, present } from "../collecting/collector.ts";
import { packageUrl } from "./package-url.ts";

export interface Gem {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly purl?: string;
}

/** Those of a folder that holds gems. The ones that come with Ruby lie apart. */
export function gemsIn(look: Look, folder: string): Gem[] {
  const names = ["specifications", "specifications/default"].flatMap((below) =>
    look.names(`${folder}/${below}`),
  );
  return names.flatMap((name) => gemOf(name) ?? []);
}

/** `nokogiri-1.16.0-x86_64-linux.gemspec`: without a platform it runs on each. */
export function gemOf(file: string): Gem | undefined {
  const [, name, version, platform] =
    /^([\w.-]+?)-(\d+(?:\.\w+)*)(?:-([A-Za-z][\w.-]*))?\.gemspec$/.exec(file) ?? [];
  if (name === undefined || version === undefined) return undefined;
  const purl = packageUrl({ type: "gem", name, version, qualifiers: { platform } });
  return present({ name, version, architecture: platform, purl });
}
