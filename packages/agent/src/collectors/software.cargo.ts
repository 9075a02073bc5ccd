/** Collector of section `software.cargo`: Rust programs that cargo installed where everybody finds them. */
import { defineCollector, type Look } from "../collecting/collector.ts";
import { type CargoPackage, parseCrates, parseCratesToml } from "../linux/cargo.ts";
import { readJson } from "../linux/json.ts";

/** CARGO_HOME of container images, and `cargo install --root /usr/local`. */
const folders = ["/usr/local/cargo", "/usr/local"] as const;
const files = [".crates2.json", ".crates.toml"] as const;

export const collector = defineCollector({
  section: "software.cargo",
  platforms: {
    linux: {
      reads: folders.flatMap((folder) => files.map((file) => `${folder}/${file}`)),
      collect(look) {
        const packages = folders.flatMap((folder) => installedIn(look, folder));
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

function installedIn(look: Look, folder: string): CargoPackage[] {
  const [json, toml] = files.map((file) => `${folder}/${file}`);
  const listed = json === undefined ? undefined : readJson(look, json);
  if (listed !== undefined) return parseCrates(listed);
  return toml === undefined ? [] : parseCratesToml(look.text(toml) ?? "");
}
