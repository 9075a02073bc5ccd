/** Containers of Docker: a folder each, with what dockerd and its host were told (config.v2.json, hostconfig.json). */
import { type Look, present } from "../collecting/collector.ts";
import { memberAt, readJson, textAt } from "./json.ts";

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly system?: string;
  /** Bytes. */
  readonly memory?: number;
  readonly cpus?: number;
  readonly autostart?: boolean;
}

const mostContainers = 8_192;

export function readDockerContainers(look: Look, folder: string): Container[] {
  return look
    .names(folder)
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .slice(0, mostContainers)
    .flatMap((id) => {
      const host = readJson(look, `${folder}/${id}/hostconfig.json`);
      return dockerContainer(readJson(look, `${folder}/${id}/config.v2.json`), host) ?? [];
    });
}

/**
 * Undefined for those that come and go by themselves: with `--rm`, and of a cluster's pods. Of the configuration, in
 * which the environment and the arguments stand, too, only the image is taken.
 */
export function dockerContainer(config: unknown, host: unknown): Container | undefined {
  const name = textAt(config, "Name")?.replace(/^\//, "");
  if (name === undefined || name.startsWith("k8s_") || memberAt(host, "AutoRemove") === true)
    return undefined;
  const policy = textAt(host, "RestartPolicy", "Name");
  return present({
    name,
    image: textAt(config, "Config", "Image"),
    memory: limitOf(memberAt(host, "Memory")),
    cpus: limitOf(memberAt(host, "NanoCpus"), 1e9) ?? limitOf(memberAt(host, "CpuCount")),
    autostart: host === undefined ? undefined : policy === "always" || policy === "unless-stopped",
  });
}

/** 0 stands for no limit. */
function limitOf(value: unknown, divisor = 1): number | undefined {
  return typeof value === "number" && value > 0 && Number.isFinite(value)
    ? Math.ceil(value / divisor)
    : undefined;
}
