/**
 * The agent in a folder of its own, laid out as a package: `bin` has what people start, `lib` a file for each part
 * that is loaded for itself (a command, the child that looks at the machine), and for whatever several of them
 * share. It is not minified: that was measured to save nothing, and whose device it runs on may want to read it.
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { noticesOf, packagesIn } from "./notices.ts";
import { builtinsAsTheyAre, noSideEffects, ownSources } from "./plugins.ts";

const root = join(import.meta.dirname, "../..");
const launcher = "bin/rollcall-agent.mjs";

export interface Bundle {
  /** Of all JavaScript. */
  readonly bytes: number;
  /** Names and versions of the packages that are in it. */
  readonly packages: readonly string[];
  /** What it was made of, relative to the repository. */
  readonly inputs: readonly string[];
}

/** Makes the folder anew. */
export async function bundleAgent(folder: string): Promise<Bundle> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const parts = [await bundled(program(folder)), await bundled(programStarter(folder))];
  const inputs = parts.flatMap((part) => part.inputs);
  const packages = packagesIn(root, inputs);
  chmodSync(join(folder, launcher), 0o755);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  writeFileSync(join(folder, "NOTICES"), noticesOf(packages));
  writeFileSync(join(folder, "package.json"), manifest());
  return {
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    packages: packages.map(({ name, version }) => `${name} ${version}`),
    inputs,
  };
}

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  // Licences stand in NOTICES, whole.
  legalComments: "none",
  logLevel: "warning",
} as const satisfies BuildOptions;

function program(folder: string): BuildOptions {
  return {
    ...common,
    entryPoints: {
      main: "packages/agent/src/cli/main.ts",
      child: "packages/agent/src/collecting/child.ts",
    },
    target: "node24.6",
    splitting: true,
    outdir: join(folder, "lib"),
    plugins: [
      ownSources({
        "packages/agent/src/collecting/child.ts": "./child.js",
        "packages/agent/package.json": "../package.json",
      }),
      builtinsAsTheyAre,
    ],
  };
}

/** What finds out whether this Node can run the rest; for far older ones, too. */
function programStarter(folder: string): BuildOptions {
  return {
    ...common,
    entryPoints: [join(import.meta.dirname, "launcher.mjs")],
    target: "node18",
    outfile: join(folder, launcher),
    plugins: [noSideEffects],
  };
}

async function bundled(options: BuildOptions): Promise<Pick<Bundle, "bytes" | "inputs">> {
  const { metafile } = await build({ ...options, metafile: true });
  const bytes = Object.values(metafile?.outputs ?? {}).reduce((sum, output) => sum + output.bytes, 0);
  const used = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) => Object.keys(inputs));
  return { bytes, inputs: [...new Set(used)].sort() };
}

function manifest(): string {
  const { version, license, description }: Record<string, unknown> = JSON.parse(
    readFileSync(join(root, "packages/agent/package.json"), "utf8"),
  );
  const { engines }: Record<string, unknown> = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const facts = { name: "rollcall-agent", version, description, license, type: "module", engines };
  return `${JSON.stringify({ ...facts, bin: { "rollcall-agent": launcher } }, null, 2)}\n`;
}
