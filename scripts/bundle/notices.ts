/** The licences of what is bundled: each package's own text, as they ask for. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The whole text. */
  readonly text: string;
}

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** The packages that files of node_modules belong to, sorted by name. Throws where one has no licence. */
export function packagesIn(root: string, files: readonly string[]): Bundled[] {
  const folders = files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(folders)].sort().map((folder) => readPackage(join(root, folder)));
}

function readPackage(folder: string): Bundled {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.\w+)?$/i.test(name));
  if (file === undefined) throw new Error(`${manifest.name} has no licence to pass on`);
  return { ...manifest, text: readFileSync(join(folder, file), "utf8").trim() };
}

export function noticesOf(packages: readonly Bundled[]): string {
  const parts = packages.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`,
  );
  return ["This program has parts of these packages in it.\n", ...parts].join(`\n${"-".repeat(72)}\n\n`);
}
