// The data catalogue: complete, and a page whose tables hold whatever a definition says.
import t from "tap";
import { catalogue, catalogueDigest, catalogueMarkdown, catalogueOf } from "./catalogue.ts";
import { categoryNames } from "./categories.ts";
import { digestOf } from "./digest.ts";
import { choice, text } from "./fields.ts";
import { allSections } from "./registry.ts";
import { defineSection } from "./section.ts";
import { madeUp } from "./testing/made-up-section.ts";

t.test("says of a field all that its definition and its section say", async (t) => {
  const [section] = catalogueOf([madeUp]).sections;
  const fields = section?.fields ?? [];
  t.strictSame(section, {
    fields,
    name: "shelf.books",
    title: "Shelf",
    schema: 3,
    category: "hardware",
    purposes: ["inventory", "support"],
    retentionDays: 400,
    sources: { linux: ["/made/up"] },
  });
  t.strictSame(
    fields.map(({ path }) => path),
    madeUp.flat.map(({ path }) => path),
  );
  const common = { purposes: ["inventory", "support"], retentionDays: 400 };
  const entry = (path: string) => fields.find((field) => field.path === path);
  t.strictSame(entry("height"), {
    ...common,
    path: "height",
    kind: "quantity",
    is: "Height.",
    sensitivity: "plain",
    bound: "0 to 5000",
    unit: "millimetres",
    search: "height",
  });
  t.strictSame(entry("builtAt"), {
    ...common,
    path: "builtAt",
    kind: "instant",
    is: "When it was built.",
    sensitivity: "plain",
    bound: "ISO 8601 UTC",
    own: true,
  });
  t.strictSame(entry("maker.street"), {
    ...common,
    path: "maker.street",
    kind: "text",
    is: "Where it was made.",
    sensitivity: "plain",
    bound: "64 characters",
    locates: "always",
  });
});

t.test("has a unit for every quantity and reading, and for nothing else", async (t) => {
  const measured = ["quantity", "reading"];
  const wrong = catalogue.sections.flatMap(({ name, fields }) =>
    fields
      .filter(({ kind, unit }) => measured.includes(kind) !== (unit !== undefined))
      .map(({ path }) => `${name}: ${path}`),
  );
  t.strictSame(wrong, []);
});

t.test("has the digest of its canonical form, another when a word changes", async (t) => {
  t.equal(catalogueDigest, digestOf(catalogueOf(allSections)));
  const [first, ...others] = allSections;
  const renamed = first ? [{ ...first, title: `${first.title}s` }, ...others] : [];
  t.not(digestOf(catalogueOf(renamed)), catalogueDigest);
});

/** Cells of a table's row as GitHub reads them: a `|` ends one, unless a backslash stands before it. */
const cells = (line: string) =>
  line
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

/** Every table of a page: its rows below the head. */
function tables(page: string): string[][][] {
  const blocks = page.split(/\n\n+/).filter((block) => block.startsWith("|"));
  return blocks.map((block) => block.trimEnd().split("\n").slice(2).map(cells));
}

t.test("has a row for every category and every field, with as many cells as the head", async (t) => {
  const page = catalogueMarkdown(catalogue);
  const [ofCategories = [], ...ofSections] = tables(page);
  t.strictSame(
    ofCategories.map(([name]) => name),
    categoryNames,
  );
  t.ok(ofCategories.every((row) => row.length === 5));
  t.strictSame(
    ofSections.map((rows) => rows.map(([path]) => path)),
    allSections.map(({ flat }) => flat.map(({ path }) => `\`${path}\``)),
  );
  t.ok(ofSections.flat().every((row) => row.length === 7));
  t.strictSame(
    page.match(/^## .*$/gm),
    allSections.map(({ title, name, schema }) => `## ${title} (\`${name}\`, schema ${schema})`),
  );
});

t.test("keeps its tables whatever the texts hold", async (t) => {
  const broken = defineSection({
    name: "shelf",
    title: "Shelf",
    schema: 1,
    category: "hardware",
    purposes: ["inventory"],
    sources: {},
    fields: {
      pipe: text(8, { is: "One | two || three.", sensitivity: "plain" }),
      line: text(8, { is: "One\n| two\r\n\n## three.", sensitivity: "plain" }),
      values: choice(["a|b", "c"], { is: "A choice.", sensitivity: "plain" }),
    },
  });
  const [, rows] = tables(catalogueMarkdown(catalogueOf([broken])));
  t.strictSame(
    rows?.map((row) => row.slice(0, 4)),
    [
      ["`pipe`", "One | two || three.", "text", "8 characters"],
      ["`line`", "One | two ## three.", "text", "8 characters"],
      ["`values`", "A choice.", "choice", "a|b, c"],
      ["`truncated`", "A list was longer than its bound and was cut.", "flag", "true, false"],
    ],
  );
});

t.test("says for every section where it comes from, on which basis, and how long it is kept", async (t) => {
  const page = catalogueMarkdown(catalogueOf([madeUp]));
  t.match(
    page,
    "Category hardware; purposes inventory, support; on an organisation's device collected on the basis legitimate-interest, on a personal one asked for; history kept 400 days.\n\n- linux: `/made/up`\n",
  );
});
