/** Collector of section `personal-software.gem`: Ruby's gems of a person. */
import { defineHomeCollector, type Look } from "../collecting/collector.ts";
import { gemsIn } from "../linux/gems.ts";

/** Folders with one for each version of Ruby, in which the specifications lie. */
const folders = ["~/.gem/ruby", "~/.local/share/gem/ruby", "~/.rvm/gems"] as const;
/** With a whole Ruby for each. */
const rubies = "~/.rbenv/versions";
const mostVersions = 100;

export const collector = defineHomeCollector({
  section: "personal-software.gem",
  platforms: {
    linux: {
      homes: [...folders, rubies],
      collect(home) {
        const own = versionsIn(home, rubies).map((ruby) => `${ruby}/lib/ruby/gems`);
        const places = [...folders, ...own].flatMap((folder) => versionsIn(home, folder));
        const packages = places.flatMap((place) => gemsIn(home, place));
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

function versionsIn(home: Look, folder: string): string[] {
  return home
    .names(folder)
    .slice(0, mostVersions)
    .map((name) => `${folder}/${name}`);
}
