/** Collector of section `personal-software.cargo`: what a person installed with `cargo install`. */
import { defineHomeCollector, present } from "../collecting/collector.ts";
import { crateFiles, cratesIn } from "../linux/cargo.ts";

const folder = "~/.cargo";

export const collector = defineHomeCollector({
  section: "personal-software.cargo",
  platforms: {
    linux: {
      homes: crateFiles.map((file) => `${folder}/${file}`),
      collect(home) {
        const packages = cratesIn(home, folder);
        if (packages.length === 0) return { nothing: "none" };
        // The address of a repository may have somebody's name in it, or a password.
        return {
          document: { packages: packages.map(({ name, version, purl }) => present({ name, version, purl })) },
        };
      },
    },
  },
});
