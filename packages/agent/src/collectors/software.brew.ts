/** Collector of section `software.brew`: what `brew list --versions` lists. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { type BrewPackage, casksIn, formulaeIn } from "../linux/homebrew.ts";

interface Prefix {
  readonly cellar: string;
  /** Only Macs have casks. */
  readonly caskroom?: string;
}

const linux: readonly Prefix[] = [{ cellar: "/home/linuxbrew/.linuxbrew/Cellar" }];
/** Apple's own processors, and Intel's. */
const darwin: readonly Prefix[] = ["/opt/homebrew", "/usr/local"].map((prefix) => ({
  cellar: `${prefix}/Cellar`,
  caskroom: `${prefix}/Caskroom`,
}));

export const collector = defineCollector({
  section: "software.brew",
  platforms: {
    linux: { reads: foldersOf(linux), collect: (look) => collected(look, linux) },
    darwin: { reads: foldersOf(darwin), collect: (look) => collected(look, darwin) },
  },
});

function foldersOf(prefixes: readonly Prefix[]): string[] {
  return prefixes.flatMap(({ cellar, caskroom }) => (caskroom === undefined ? [cellar] : [cellar, caskroom]));
}

function collected(look: Look, prefixes: readonly Prefix[]) {
  const packages: BrewPackage[] = prefixes.flatMap(({ cellar, caskroom }) => [
    ...formulaeIn(look, cellar),
    ...(caskroom === undefined ? [] : casksIn(look, caskroom)),
  ]);
  return packages.length > 0 ? { document: { packages } } : { nothing: "none" as const };
}
