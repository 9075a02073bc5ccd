/**
 * Writes what follows from the folders' contents: the lists of section definitions, of collectors and of kinds, the data
 * catalogue, the pages of problems, of the configuration and of metrics. With `--check` it writes nothing and ends with 1 when something is not as it would write it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const check = process.argv.includes("--check");

/** The modules of a folder that declare something: every source file but tests, fixtures and what is generated. */
function modulesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".ts") && !/\.(test|generated)\.ts$/.test(name))
    .sort()
    .map((name) => name.slice(0, -".ts".length));
}

const identifier = (name: string) =>
  name.replaceAll(/[-.](\w)/g, (_, letter: string) => letter.toUpperCase());

/** A module that lists what each module of a folder exports under one name. */
function listModule({
  folder,
  exported,
  list,
  says,
}: {
  folder: string;
  exported: string;
  list: string;
  says: string;
}): string {
  const names = modulesIn(folder);
  const imports = names.map((name) => `import { ${exported} as ${identifier(name)} } from "./${name}.ts";`);
  const entries = names.map((name) => `  ${identifier(name)},`);
  return `/** ${says} Written by \`npm run generate\` from the folder's contents. */\n${imports.join("\n")}\n\nexport const ${list} = [\n${entries.join("\n")}\n] as const;\n`;
}

const sections = listModule({
  folder: "packages/protocol/src/sections",
  exported: "definition",
  list: "definitions",
  says: "Every section definition.",
});
const collectors = listModule({
  folder: "packages/agent/src/collectors",
  exported: "collector",
  list: "collectors",
  says: "Every collector.",
});

/** Sources of the server that declare kinds of writes or reads, below its folder. */
function modulesOfKinds(): string[] {
  const folder = join(root, "packages/ingest/src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith("testing/"))
    .filter((path) =>
      /^(export )?const \w+ = define(Audited)?(Write|Read)\(/m.test(readFileSync(join(folder, path), "utf8")),
    )
    .sort();
}

const kinds = `/** Loads every kind of write and read. Written by \`npm run generate\` from the files that declare one. */\n${modulesOfKinds()
  .map((path) => `import "./${path}";`)
  .join("\n")}\n`;

const wrong: string[] = [];

function keep(path: string, content: string): void {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  if (check) wrong.push(path);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stderr.write(`Wrote ${path}\n`);
  }
}

keep("packages/protocol/src/sections/index.generated.ts", sections);
keep("packages/agent/src/collectors/index.generated.ts", collectors);
keep("packages/ingest/src/kinds.generated.ts", kinds);
// Only now, because the catalogue is made from the list that was just written.
const { allSections, catalogue, catalogueMarkdown, problemsMarkdown, searchFieldsOf } = await import(
  "../packages/protocol/src/index.ts"
);
// Throws where two sections declare one search field differently.
searchFieldsOf(allSections);
keep("docs/catalogue.json", `${JSON.stringify(catalogue, null, 2)}\n`);
keep("docs/catalogue.md", catalogueMarkdown(catalogue));
keep("docs/problems.md", problemsMarkdown());
const { configurationMarkdown } = await import("../packages/ingest/src/config-page.ts");
keep("docs/configuration.md", configurationMarkdown());
const { metricsMarkdown } = await import("../packages/ingest/src/metrics/page.ts");
keep("docs/metrics.md", metricsMarkdown());

if (wrong.length > 0) {
  process.stderr.write(`Not as \`npm run generate\` writes it: ${wrong.join(", ")}\n`);
  process.exitCode = 1;
}
