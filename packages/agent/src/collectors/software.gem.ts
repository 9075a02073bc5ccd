/** Collector of section `software.gem`: gems by the names of their specifications, which tell all that is wanted. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { packageUrl } from "../linux/package-url.ts";

const libraries = "/usr/lib";
/** Folders with one for each version of Ruby's interface, in which the specifications lie. */
const versioned = [
  "/var/lib/gems",
  "/usr/lib/ruby/gems",
  "/usr/local/lib/ruby/gems",
  "/usr/share/ruby/gems",
  "/usr/share/rubygems-integration",
] as const;
/** Red Hat's, where they lie at once. */
const plain = ["/usr/share/gems", "/usr/lib64/gems"] as const;

export const collector = defineCollector({
  section: "software.gem",
  platforms: {
    linux: {
      reads: [libraries, ...versioned, ...plain],
      collect(look) {
        const integrations = [...versioned, ...ofArchitectures(look)];
        const below = integrations.flatMap((folder) => look.names(folder).map((name) => `${folder}/${name}`));
        const names = [...plain, ...below].flatMap((folder) => specifications(look, folder));
        const packages = names.flatMap((name) => gemOf(name) ?? []);
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

/** Debian's for one architecture: `/usr/lib/x86_64-linux-gnu/rubygems-integration`. */
function ofArchitectures(look: Look): string[] {
  const triplets = look.names(libraries).filter((name) => /^\w+-\w+-gnu\w*$/.test(name));
  return triplets.map((name) => `${libraries}/${name}/rubygems-integration`);
}

/** Those that come with Ruby lie apart. */
function specifications(look: Look, folder: string): readonly string[] {
  return ["specifications", "specifications/default"].flatMap((below) => look.names(`${folder}/${below}`));
}

/** `nokogiri-1.16.0-x86_64-linux.gemspec`: without a platform it runs on each. */
export function gemOf(file: string) {
  const [, name, version, platform] =
    /^([\w.-]+?)-(\d+(?:\.\w+)*)(?:-([A-Za-z][\w.-]*))?\.gemspec$/.exec(file) ?? [];
  if (name === undefined || version === undefined) return undefined;
  const purl = packageUrl({ type: "gem", name, version, qualifiers: { platform } });
  return present({ name, version, architecture: platform, purl });
}
