/**
 * A made-up fleet with the spread of a real one: the same seed gives the same devices with the same changes. Nothing
 * of a device is kept: what it has to tell at any age is worked out from seed, number and age.
 */
import { Chance } from "../../packages/ingest/src/testing/chance.ts";
import {
  type Model,
  models,
  type Release,
  rareTitle,
  rareTitles,
  releases,
  usualTitles,
} from "./fleet-facts.ts";

/** As a `PUT /v1/sections` names it. */
export interface SwarmSection {
  readonly schema: number;
  readonly status: "ok";
  readonly document: Readonly<Record<string, unknown>>;
}
export type SwarmSections = Readonly<Record<string, SwarmSection>>;

/** What is drawn about a device; each has a sequence of its own. */
const drawn = {
  model: 1,
  release: 2,
  kernel: 3,
  memory: 4,
  serial: 5,
  address: 6,
  usual: 7,
  rare: 8,
  update: 9,
  version: 10,
  size: 11,
} as const;

const kibibyte = 1024;
const gibibyte = kibibyte ** 3;
/** One in so many devices lacks a usual package. */
const missing = 0.03;
/** Packages beyond the usual ones. */
const rareEach = 70;
/** Packages that are upgraded from one age to the next. */
export const upgradesEach = 2;

const ok = (document: SwarmSection["document"]): SwarmSection => ({ schema: 1, status: "ok", document });

interface Package {
  readonly title: string;
  /** Its number among all titles. */
  readonly number: number;
}

export class Fleet {
  readonly #chance: Chance;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
  }

  /** Everything that a device has to tell at an age: 0 when it enrols, one more with each change. */
  sections(device: number, age: number): SwarmSections {
    const chance = this.#chance;
    const model = chance.weighted(models, device, drawn.model);
    const release = chance.weighted(releases, device, drawn.release);
    return {
      installation: ok({
        agent: { version: "0.1.0" },
        applications: [{ channel: "stable", number: "rollcall-agent", version: "0.1.0" }],
        os: { type: "linux", version: release.version },
      }),
      memory: ok(this.#memory(device, model)),
      network: ok(this.#network(device)),
      "operating-system": ok(this.#operatingSystem(device, release)),
      processor: ok(processorOf(model)),
      "software.deb": ok({ packages: this.#packages(device, age, release) }),
      storage: ok(this.#storage(device, model)),
      system: ok(this.#system(device, model)),
    };
  }

  hostname(device: number): string {
    const site = ["ber", "par", "vie", "waw"][this.#chance.number(device, drawn.address, 1) % 4];
    return `${site}-${device.toString(36).padStart(5, "0")}`;
  }

  #hex(length: number, ...place: readonly number[]): string {
    const word = (index: number) =>
      this.#chance
        .number(...place, index)
        .toString(16)
        .padStart(8, "0");
    return Array.from({ length: Math.ceil(length / 8) }, (_, index) => word(index))
      .join("")
      .slice(0, length);
  }

  #memory(device: number, { gibibytes }: Model) {
    const sizes = gibibytes.map((size) => [size, 1] as const);
    const total = this.#chance.weighted(sizes, device, drawn.memory) * gibibyte;
    const modules = [0, 1].map((slot) => ({
      manufacturer: "Samsung",
      serial: this.#hex(8, device, drawn.memory, slot),
      size: total / 2,
      slot: `DIMM ${slot}`,
      speed: 3_200,
      type: "DDR4",
    }));
    return { modules, total: Math.floor(total * 0.97) };
  }

  #network(device: number) {
    const mac = `02${this.#hex(10, device, drawn.address, 2).replaceAll(/../g, ":$&")}`;
    const address = `10.${(device >> 16) & 255}.${(device >> 8) & 255}.${device & 255}/8`;
    return {
      interfaces: [
        { addresses: [address], driver: "e1000e", mac, name: "eno1", speed: 1_000, type: "ethernet" },
      ],
    };
  }

  #operatingSystem(device: number, { id, name, version, kernels }: Release) {
    const kernel = kernels[this.#chance.number(device, drawn.kernel) % kernels.length];
    return {
      architecture: "x86_64",
      bootMode: "uefi",
      hostname: this.hostname(device),
      id,
      kernel,
      name,
      timeZone: "Europe/Vienna",
      version,
    };
  }

  #storage(device: number, { disk: [model, bus] }: Model) {
    const serial = this.#hex(14, device, drawn.serial, 2).toUpperCase();
    return {
      disks: [
        { bus, model, name: bus === "nvme" ? "nvme0n1" : "sda", rotational: false, serial, size: 512e9 },
      ],
      filesystems: [
        { encrypted: true, mount: "/", size: 470e9, type: "ext4" },
        { encrypted: false, mount: "/boot", size: 5e8, type: "ext4" },
      ],
    };
  }

  #system(device: number, { manufacturer, model, chassis }: Model) {
    const serial = this.#hex(10, device, drawn.serial, 1).toUpperCase();
    return { chassis: { type: chassis }, manufacturer, model, serial };
  }

  /** The device's packages in the order that canonical documents have. */
  #packages(device: number, age: number, release: Release) {
    const there = this.#titles(device);
    const upgrades = new Map<number, number>();
    for (let step = 1; step <= age; step++)
      for (let each = 0; each < upgradesEach; each++) {
        const place = this.#chance.number(device, drawn.update, step, each) % there.length;
        upgrades.set(place, (upgrades.get(place) ?? 0) + 1);
      }
    return there
      .map((each, place) => this.#package(each, release, upgrades.get(place) ?? 0))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #titles(device: number): readonly Package[] {
    const there: Package[] = [];
    for (const [number, title] of usualTitles.entries())
      if (this.#chance.part(device, drawn.usual, number) >= missing) there.push({ title, number });
    const ranks = new Set<number>();
    // Zipf: the share of a rank is the inverse of it.
    for (let each = 0; each < rareEach; each++)
      ranks.add(Math.floor(rareTitles ** this.#chance.part(device, drawn.rare, each)) - 1);
    for (const rank of ranks) there.push({ title: rareTitle(rank), number: usualTitles.length + rank });
    return there;
  }

  #package({ title, number }: Package, release: Release, upgrades: number) {
    const draw = (each: number) => this.#chance.number(number, drawn.version, each);
    const base = `${draw(0) % 9}.${draw(1) % 30}.${draw(2) % 20}-${1 + (draw(3) % 5)}`;
    const version = upgrades === 0 ? base : `${base}${release.update}${upgrades}`;
    return {
      architecture: "amd64",
      automatic: title.startsWith("lib"),
      installedSize: (1 + (this.#chance.number(number, drawn.size) % 20_000)) * kibibyte,
      name: title,
      purl: `pkg:deb/${release.id}/${title}@${version.replaceAll("+", "%2B")}?arch=amd64`,
      source: title,
      vendor: "Package Maintainers <packages@example.org>",
      version,
    };
  }
}

function processorOf({ processor: [manufacturer, model, cores] }: Model) {
  const threads = 2 * cores;
  return {
    architecture: "x86_64",
    cores,
    processors: [{ cores, manufacturer, model, socket: "0", threads }],
    threads,
  };
}
