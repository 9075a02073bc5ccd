/** Containers of LXC: a folder each with its `config` (lxc.container.conf(5)). */
import { type Look, present } from "../collecting/collector.ts";
import type { Container } from "./docker.ts";

const mostContainers = 4_096;

export function readLxcContainers(look: Look, folder: string): Container[] {
  return look
    .names(folder)
    .slice(0, mostContainers)
    .flatMap((name) => {
      const config = look.text(`${folder}/${name}/config`);
      return config === undefined ? [] : [{ name, ...parseLxcConfig(config) }];
    });
}

const units: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["k", 2 ** 10],
  ["m", 2 ** 20],
  ["g", 2 ** 30],
  ["t", 2 ** 40],
]);

export function parseLxcConfig(text: string): Omit<Container, "name"> {
  const value = (key: RegExp) =>
    text
      .split("\n")
      .filter((line) => key.test(line))
      .at(-1)
      ?.replace(/^[^=]*=/, "")
      .trim();
  const limit = value(/^\s*lxc\.(cgroup2\.memory\.max|cgroup\.memory\.limit_in_bytes)\s*=/);
  const [, count, unit = ""] = /^(\d{1,15})([kmgt]?)b?$/i.exec(limit ?? "") ?? [];
  return present({
    memory: count === undefined ? undefined : Number(count) * (units.get(unit.toLowerCase()) ?? 1),
    autostart: value(/^\s*lxc\.start\.auto\s*=/) === "1",
  });
}
