// Paragraphs of fields: as deb822(5) has them, and as broken files do.
import fc from "fast-check";
import t from "tap";
import { parseParagraphs } from "./deb822.ts";

const wanted = new Set(["package", "version", "maintainer"]);
const paragraphs = (text: string) =>
  [...parseParagraphs(text, "package", wanted)].map((paragraph) => Object.fromEntries(paragraph));

t.test("reads fields in any case, with what follows on further lines", async (t) => {
  const text = [
    "PACKAGE: a",
    "version :\t1:2.0-3 ",
    "Description: unwanted",
    " Package: part of the description",
    " .",
    "Maintainer: Ada",
    "\tLovelace",
    " ",
    " <ada@example.org>",
    "",
    "",
    "package:b",
    "Maintainer:",
    " on the next line",
  ];
  const expected = [
    { package: "a", version: "1:2.0-3", maintainer: "Ada Lovelace <ada@example.org>" },
    { package: "b", maintainer: "on the next line" },
  ];
  t.same(paragraphs(text.join("\n")), expected);
  t.same(paragraphs(text.join("\r\n")), expected, "with the line ends of Windows");
  const keyLast = "Version: 1\r\nPackage: a\r\n\r\nVersion: 2\r\nPackage: b\r\n";
  t.same(paragraphs(keyLast), [
    { version: "1", package: "a" },
    { version: "2", package: "b" },
  ]);
  t.same(paragraphs(`\n\n${text.join("\n")}\n\n\n`), expected);
});

t.test("takes the first of two values, and lines that are no fields for nothing", async (t) => {
  t.same(
    paragraphs("Version: 1\nPackage: a\nVersion: 2\n continued\njunk\n of the junk\n: none\n#Package: c\n"),
    [{ version: "1", package: "a" }],
  );
  t.same(paragraphs(""), []);
  t.same(paragraphs("Description: nothing that is wanted\n\nSection: x\n"), []);
});

t.test("mixes no two paragraphs between which the empty line is missing", async (t) => {
  t.same(paragraphs("Package: a\nVersion: 1\nPackage: b\nMaintainer: Bob\n"), [
    { package: "a", version: "1" },
    { package: "b", maintainer: "Bob" },
  ]);
});

t.test("bounds a value that never ends", async (t) => {
  const [endless] = paragraphs(
    `Package: a\nMaintainer: ${"x".repeat(50_000)}\n${" y\n".repeat(50_000)}Version: 1\n`,
  );
  t.equal(endless?.version, "1");
  t.ok((endless?.maintainer?.length ?? 0) < 10_000);
});

t.test("reads back whatever was written", async () => {
  const value = fc.string({ unit: fc.constantFrom("a", "B", "1", ":", "#", "é", "(", "-"), minLength: 1 });
  const written = fc.record(
    { package: value, version: value, maintainer: value },
    { requiredKeys: ["package"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(written), fc.constantFrom("\n", "\r\n"), (all, newline) => {
      const text = all
        .map((fields) =>
          [...Object.entries(fields).map(([name, text]) => `${name}: ${text}`), ""].join(newline),
        )
        .join(newline);
      t.same(paragraphs(text), all);
    }),
    { numRuns: 200 },
  );
});

t.test("never fails", async () => {
  const piece = fc.constantFrom("Package", "Version", ":", " ", "\t", "\n", "\r", "a", "#", "\0", "\ufffd");
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(text, (text) =>
      paragraphs(text).every((found) => Object.values(found).every((value) => value === value.trim())),
    ),
    { numRuns: 300 },
  );
});
