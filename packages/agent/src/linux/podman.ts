/** Containers of podman in the machine's own store (containers/storage, containers.json of a driver). */
import { type Look, present } from "../collecting/collector.ts";
import type { Container } from "./docker.ts";
import { listAt, readJson, textAt } from "./json.ts";

/** How the layers of images are put on each other; one of them is in use. */
const drivers = ["overlay", "vfs", "btrfs", "zfs"] as const;
const MiB = 2 ** 20;

export function readPodmanContainers(look: Look, store: string): Container[] {
  return drivers.flatMap((driver) =>
    podmanContainers(readJson(look, `${store}/${driver}-containers/containers.json`, 16 * MiB)),
  );
}

/** Those of a cluster's pods (CRI-O keeps them in the same place) and the empty ones that hold a pod are left out. */
function podmanContainers(list: unknown): Container[] {
  return listAt(list).flatMap((entry) => {
    const metadata = parsed(textAt(entry, "metadata"));
    const name = textAt(metadata, "name") ?? textAt(listAt(entry, "names")[0]);
    const image = textAt(metadata, "image-name");
    if (name === undefined || textAt(metadata, "pod-id") !== undefined || /-infra$/.test(name)) return [];
    return [present({ name, image })];
  });
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
