/** Collector of section `software.images`: what `docker images` and `podman images` of root list. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import {
  imageUrl,
  type NamedImage,
  parseRepositories,
  parseStoredImages,
  splitReference,
} from "../linux/container-images.ts";
import { credibleInstant } from "../linux/installed-at.ts";
import { readJson, textAt } from "../linux/json.ts";

const docker = "/var/lib/docker/image";
const podman = "/var/lib/containers/storage";
const containerd = "/var/lib/containerd";
/** Its images stand in a database of a format of its own. */
const containerdImages = `${containerd}/io.containerd.metadata.v1.bolt/meta.db`;

const MiB = 2 ** 20;
const mostImages = 5_000;

export const collector = defineCollector({
  section: "software.images",
  platforms: {
    linux: {
      reads: [docker, podman, containerd],
      collect(look) {
        const packages = [...dockerImages(look), ...podmanImages(look)];
        if (look.exists(containerdImages)) look.note("images that only containerd knows are not read");
        return packages.length > 0 ? { document: { packages } } : { nothing: "none" };
      },
    },
  },
});

/** A folder for each way of storing layers; one of them is in use. */
function dockerImages(look: Look) {
  return look.names(docker).flatMap((driver) =>
    parseRepositories(readJson(look, `${docker}/${driver}/repositories.json`, 4 * MiB))
      .slice(0, mostImages)
      .map((image) => {
        const configuration = readJson(look, `${docker}/${driver}/imagedb/content/sha256/${image.id}`);
        const architecture = textAt(configuration, "architecture");
        const created = textAt(configuration, "created");
        return imageOf("docker", present({ ...image, created }), architecture);
      }),
  );
}

function podmanImages(look: Look) {
  const folders = look.names(podman).filter((name) => name.endsWith("-images"));
  return folders
    .flatMap((folder) => parseStoredImages(readJson(look, `${podman}/${folder}/images.json`, 16 * MiB)))
    .slice(0, mostImages)
    .map((image) => imageOf("podman", image, undefined));
}

function imageOf(engine: "docker" | "podman", image: NamedImage, architecture: string | undefined) {
  const { reference, digest, created } = image;
  const { name, tag } = splitReference(reference);
  // Images that are made to be the same each time say 1970.
  const builtAt = credibleInstant(Date.parse(created ?? ""));
  const purl = imageUrl(image, architecture);
  return present({ engine, reference, name, version: tag, architecture, digest, builtAt, purl });
}
