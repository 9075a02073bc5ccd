/** Devices of bench `sets`: few terms that many have, and about 400 titles with a Zipf tail; worked out, not kept. */
import type { SearchValue } from "@rollcall/protocol";
import { Chance } from "../../packages/ingest/src/testing/chance.ts";
import { models, rareTitle, rareTitles, releases, usualTitles } from "../swarm/fleet-facts.ts";

export interface BenchTitle {
  /** The same for the same name and version. */
  readonly number: number;
  readonly name: string;
  readonly version: string;
  /** One for all devices, as the items of a fleet are. */
  readonly value: SearchValue;
}

export interface BenchDevice {
  readonly host: string;
  readonly model: string;
  readonly os: string;
  readonly memory: number;
  /** In the order of their numbers. */
  readonly packages: readonly BenchTitle[];
}

const chance = new Chance(6);
const drawn = { model: 1, release: 2, memory: 3, usual: 4, rare: 5, version: 6 } as const;
const missing = 0.03;
const rareEach = 70;
/** Versions of a title that are about, the newest most. */
const versionsEach = 12;

export function benchDevice(device: number): BenchDevice {
  const model = chance.weighted(models, device, drawn.model);
  const release = chance.weighted(releases, device, drawn.release);
  const packages: BenchTitle[] = [];
  const add = (title: number) => packages.push(titleOf(title, versionOf(device, title)));
  for (const number of usualTitles.keys())
    if (chance.part(device, drawn.usual, number) >= missing) add(number);
  const ranks = new Set<number>();
  for (let each = 0; each < rareEach; each++)
    ranks.add(Math.floor(rareTitles ** chance.part(device, drawn.rare, each)) - 1);
  for (const rank of [...ranks].sort((a, b) => a - b)) add(usualTitles.length + rank);
  return {
    host: `${["ber", "par", "vie", "waw"][device % 4]}-${device.toString(36).padStart(5, "0")}`,
    model: model.model,
    os: `${release.name} ${release.version}`,
    memory: 2 ** (2 + (chance.number(device, drawn.memory) % 5)),
    packages,
  };
}

const versionOf = (device: number, number: number): number =>
  Math.floor(versionsEach * Math.sqrt(chance.part(device, drawn.version, number)));

const titles = new Map<number, BenchTitle>();

function titleOf(title: number, patch: number): BenchTitle {
  const number = title * versionsEach + patch;
  const known = titles.get(number);
  if (known) return known;
  const name = usualTitles[title] ?? rareTitle(title - usualTitles.length);
  const version = `${1 + (title % 9)}.0.${patch}-1`;
  const value = {
    as: "title",
    field: "software",
    title: name,
    version,
    source: "deb",
    sensitive: false,
  } as const;
  const made = { number, name, version, value };
  titles.set(number, made);
  return made;
}

export function valuesOf({ host, model, os, memory, packages }: BenchDevice): readonly SearchValue[] {
  const text = (as: "term" | "key", field: string, value: string): SearchValue => {
    return { as, field, text: value, words: true, sensitive: false };
  };
  return [
    text("key", "host", host),
    text("term", "model", model),
    text("term", "os", os),
    { as: "number", field: "memory", number: memory, sensitive: false },
    ...packages.map(({ value }) => value),
  ];
}
