/** Collector of section `software.snap`: what `snap list` lists, from the snaps in use. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { credibleInstant } from "../linux/installed-at.ts";
import { parseSnapYaml } from "../linux/snap-yaml.ts";

/** The second is where distributions without a /snap have it. */
const mounts = ["/snap", "/var/lib/snapd/snap"] as const;
const files = "/var/lib/snapd/snaps";
const mostSnaps = 1_000;

export const collector = defineCollector({
  section: "software.snap",
  platforms: {
    linux: {
      reads: [...mounts, files],
      collect(look) {
        const changes = look.changes(files, ".snap");
        const packages = mounts.flatMap((mount) =>
          look
            .names(mount)
            .slice(0, mostSnaps)
            .flatMap((name) => snapAt(look, `${mount}/${name}`, name, changes) ?? []),
        );
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

/** `current` is a link to the revision in use, where a snap is not disabled; below it the snap is mounted. */
function snapAt(look: Look, folder: string, name: string, changes: ReadonlyMap<string, number>) {
  const revision = look.link(`${folder}/current`);
  if (revision === undefined || revision.includes("/")) return undefined;
  const file = `${name}_${revision}.snap`;
  return present({
    name,
    revision,
    ...parseSnapYaml(look.text(`${folder}/current/meta/snap.yaml`) ?? ""),
    installedAt: credibleInstant(changes.get(file)),
    installedSize: changes.has(file) ? look.stat(`${files}/${file}`)?.size : undefined,
  });
}
