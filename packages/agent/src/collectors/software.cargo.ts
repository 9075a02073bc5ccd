/** Collector of section `software.cargo`: Rust programs that cargo installed where everybody finds them. */
import { defineCollector } from "../collecting/collector.ts";
import { crateFiles, cratesIn } from "../linux/cargo.ts";

/** CARGO_HOME of container images, and `cargo install --root /usr/local`. */
const folders = ["/usr/local/cargo", "/usr/local"] as const;

export const collector = defineCollector({
  section: "software.cargo",
  platforms: {
    linux: {
      reads: folders.flatMap((folder) => crateFiles.map((file) => `${folder}/${file}`)),
      collect(look) {
        const packages = folders.flatMap((folder) => cratesIn(look, folder));
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});
