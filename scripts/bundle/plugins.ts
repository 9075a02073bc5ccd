/** What esbuild is told about the sources: how they become small, and find each other in the bundle. */
import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import type { Plugin } from "esbuild";

const root = join(import.meta.dirname, "../..");

/**
 * Our own sources, with two things said in another way. `z` is taken as the module it is, not as a member of
 * another one: then only those parts of Zod are bundled that are used, and none of its fifty languages. And a file
 * beside a source is found at its place in the bundle: `places` has one for each, relative to `lib`.
 */
export function ownSources(places: Readonly<Record<string, string>>): Plugin {
  return {
    name: "own-sources",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]packages[\\/](agent|host|protocol)[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const contents = source
          .replace('import { z } from "zod";', 'import * as z from "zod";')
          .replaceAll(/new URL\("([^"]+)", import\.meta\.url\)/g, (_, beside: string) => {
            const place = places[relative(root, join(dirname(path), beside)).replaceAll("\\", "/")];
            if (place === undefined) throw new Error(`${path}: ${beside} has no place in the bundle`);
            return `new URL(${JSON.stringify(place)}, import.meta.url)`;
          });
        return { contents, loader: "ts" };
      });
    },
  };
}

/**
 * Node's own modules, each member by itself and not by `import`: that reads all of them, and with some whole parts
 * of Node are loaded. It costs 10 ms of processor at a start, with node:http 40 more.
 */
export const builtinsAsTheyAre: Plugin = {
  name: "builtins-as-they-are",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      return { path, namespace: kind === "require-call" ? "required" : "imported", sideEffects: false };
    });
    onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = ${builtin(path)};`,
    }));
    onLoad({ filter: /./, namespace: "imported" }, ({ path }) => ({ contents: membersOf(path) }));
  },
};

const builtin = (path: string) => `process.getBuiltinModule(${JSON.stringify(path)})`;

/** Called pure, so that what nobody uses is not bundled; only names are asked for here, for the same reason. */
function membersOf(path: string): string {
  const names = Object.getOwnPropertyNames(process.getBuiltinModule(path)).filter(
    (name) => /^[a-z_]\w*$/i.test(name) && name !== "default",
  );
  return [
    `const module = /* @__PURE__ */ ${builtin(path)};`,
    "const member = (name) => module[name];",
    ...names.map((name) => `const own_${name} = /* @__PURE__ */ member("${name}");`),
    `export { module as default, ${names.map((name) => `own_${name} as ${name}`).join(", ")} };`,
  ].join("\n");
}

/** Node's own modules are left out where nothing of them is used. */
export const noSideEffects: Plugin = {
  name: "no-side-effects",
  setup({ onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};
