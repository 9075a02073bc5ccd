/** What docker, and podman with its kin, keep of the images that they have. */
import { present } from "../collecting/collector.ts";
import { entriesAt, listAt, textAt } from "./json.ts";
import { packageUrl } from "./package-url.ts";

/** An image by one of its names. */
export interface NamedImage {
  /** Hexadecimal, without the algorithm. */
  readonly id: string;
  /** `docker.io/library/nginx:1.25`, or the identifier of one without a name. */
  readonly reference: string;
  /** `sha256:…`, as the repository has it. */
  readonly digest?: string;
  readonly created?: string;
}

const identifier = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * docker's repositories.json: names with tags, and names with digests of the same images beside them. An image
 * without any name does not stand there.
 */
export function parseRepositories(json: unknown): NamedImage[] {
  return entriesAt(json, "Repositories").flatMap(([, names]) => {
    const references = entriesAt(names).flatMap(([reference, value]) => {
      const id = identifier.exec(typeof value === "string" ? value : "")?.[1];
      return id === undefined ? [] : [{ id, reference }];
    });
    const digests = new Map(
      references
        .filter(({ reference }) => reference.includes("@"))
        .map(({ id, reference }) => [id, reference.slice(reference.indexOf("@") + 1)]),
    );
    const tagged = references.filter(({ reference }) => !reference.includes("@"));
    const taggedIds = new Set(tagged.map(({ id }) => id));
    const others = references.filter(({ id }) => !taggedIds.has(id));
    return [...tagged, ...others].map((image) => present({ ...image, digest: digests.get(image.id) }));
  });
}

/** podman's images.json (github.com/containers/storage, images.go); an image has no, one or several names. */
export function parseStoredImages(json: unknown): NamedImage[] {
  return listAt(json).flatMap((image) => {
    const id = identifier.exec(textAt(image, "id") ?? "")?.[1];
    if (id === undefined) return [];
    const names = listAt(image, "names").filter((name) => typeof name === "string");
    const references = names.length > 0 ? names : [id];
    const facts = present({ digest: textAt(image, "digest"), created: textAt(image, "created") });
    return references.map((reference) => ({ id, reference, ...facts }));
  });
}

/** Repository and tag of a reference; a colon before the last slash belongs to a port. */
export function splitReference(reference: string): { readonly name: string; readonly tag?: string } {
  const plain = reference.replace(/@.*$/, "");
  const colon = plain.lastIndexOf(":");
  if (colon <= plain.lastIndexOf("/")) return { name: plain };
  return present({ name: plain.slice(0, colon), tag: plain.slice(colon + 1) || undefined });
}

/** `pkg:oci/nginx@sha256:…?arch=amd64&repository_url=…&tag=1.25`: what is known by a digest only. */
export function imageUrl({ reference, digest }: NamedImage, arch: string | undefined): string | undefined {
  const { name, tag } = splitReference(reference);
  if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const last = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
  const qualifiers = { arch, repository_url: name.toLowerCase(), tag };
  return packageUrl({ type: "oci", name: last, version: digest, qualifiers });
}
