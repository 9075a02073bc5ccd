/** A file tree of a made-up Debian machine, for an agent that looks at it instead of this one. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { Fleet } from "../swarm/fleet.ts";

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  source: z.string(),
  vendor: z.string(),
  installedSize: z.number(),
  automatic: z.boolean(),
});
type Package = z.infer<typeof packageSchema>;
const packagesSchema = z.object({ packages: z.array(packageSchema) });

const osRelease = 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\n';

export class DebianMachine {
  readonly rootfs: string;
  readonly #packages: Package[];
  #upgrades = 0;

  /** Writes the tree to this folder. */
  constructor(rootfs: string, packages: number) {
    this.rootfs = rootfs;
    this.#packages = distinctPackages(packages);
    this.#write("etc/os-release", osRelease);
    this.#write("var/lib/apt/extended_states", this.#packages.map(extendedState).join("\n"));
    this.#writeStatus();
  }

  /** Upgrades one package, each time another, to the next version of its makers: 1.2.3-4 to 1.2.4-1. */
  upgradeOne(): void {
    const upgraded = this.#packages[(++this.#upgrades * 997) % this.#packages.length];
    if (!upgraded) throw new Error("there is no package");
    upgraded.version = upgraded.version.replace(/(\d+)-\d+$/, (_, last: string) => `${Number(last) + 1}-1`);
    this.#writeStatus();
  }

  #writeStatus(): void {
    this.#write("var/lib/dpkg/status", this.#packages.map(statusOf).join("\n"));
  }

  #write(path: string, text: string): void {
    const file = join(this.rootfs, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** So many packages of different names, from as many devices of the swarm's fleet as it takes. */
function distinctPackages(count: number): Package[] {
  const fleet = new Fleet(1);
  const byName = new Map<string, Package>();
  for (let device = 0; byName.size < count; device++) {
    const { packages } = packagesSchema.parse(fleet.sections(device, 0)["software.deb"]?.document);
    for (const each of packages) byName.set(each.name, each);
  }
  return [...byName.values()].slice(0, count);
}

/** deb-status(5). */
const statusOf = ({ name, version, source, vendor, installedSize }: Package): string =>
  `Package: ${name}\nStatus: install ok installed\nPriority: optional\nSection: misc\n` +
  `Installed-Size: ${installedSize / 1024}\nMaintainer: ${vendor}\nArchitecture: amd64\n` +
  `Source: ${source}\nVersion: ${version}\nDescription: a package\n`;

const extendedState = ({ name, automatic }: Package): string =>
  `Package: ${name}\nArchitecture: amd64\nAuto-Installed: ${automatic ? 1 : 0}\n`;
