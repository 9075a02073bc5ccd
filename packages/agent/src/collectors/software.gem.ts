/** Collector of section `software.gem`: gems by the names of their specifications, which tell all that is wanted. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { gemsIn } from "../linux/gems.ts";

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
        const packages = [...plain, ...below].flatMap((folder) => gemsIn(look, folder));
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
