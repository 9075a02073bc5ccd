// Masking: no sensitive value passes, and what was masked is named.
import fc from "fast-check";
import t from "tap";
import { canonical } from "./json.ts";
import { hasMaskedField, maskFor } from "./mask.ts";
import { sectionNamed } from "./registry.ts";
import { documents } from "./testing/documents.ts";
import { type MadeUp, madeUp } from "./testing/made-up-section.ts";

t.test(
  "puts null in the place of sensitive fields at every depth, and names them as the catalogue does",
  async (t) => {
    const document: MadeUp = {
      name: "oak",
      address: "10.0.0.1",
      maker: { name: "Ada", mark: "A" },
      books: [
        { title: "Emma", language: "en", reader: "Bob", lent: true },
        { title: "Ulysses", language: "en" },
        { title: "Zen", language: "de", reader: "Cy" },
      ],
    };
    t.strictSame(maskFor("plain", madeUp, document), {
      document: {
        name: "oak",
        address: null,
        maker: { name: "Ada", mark: null },
        books: [
          { title: "Emma", language: "en", reader: null, lent: true },
          { title: "Ulysses", language: "en" },
          { title: "Zen", language: "de", reader: null },
        ],
      },
      masked: ["address", "maker.mark", "books[].reader"],
    });
  },
);

t.test("masks nothing where nothing sensitive was said", async (t) => {
  const document: MadeUp = { name: "oak", maker: {}, books: [] };
  t.strictSame(maskFor("plain", madeUp, document), { document, masked: [] });
  t.strictSame(maskFor("plain", madeUp, null), { document: null, masked: [] });
});

t.test("lets no sensitive value of any document through, and every other", async () => {
  const secret = "\u2603 secret";
  const telling = documents(madeUp).map(
    (made): MadeUp => ({
      ...made,
      address: secret,
      maker: { ...made.maker, mark: secret },
      ...(made.books ? { books: made.books.map((book) => ({ ...book, reader: secret })) } : {}),
    }),
  );
  fc.assert(
    fc.property(telling, (made) => {
      const { document } = maskFor("plain", madeUp, made);
      const unmasked = canonical(document).replaceAll(/"(address|mark|reader)":null/g, `"$1":"${secret}"`);
      return !canonical(document).includes(secret) && unmasked === canonical(made);
    }),
    { numRuns: 100 },
  );
});

t.test("changes nothing of what it is given", async (t) => {
  const document: MadeUp = { address: "10.0.0.1" };
  maskFor("plain", madeUp, document);
  t.strictSame(document, { address: "10.0.0.1" });
});

t.test("knows the sections that have something to mask, however deep", async (t) => {
  const masked = ["memory", "network", "storage", "system", "identifiers"];
  const plain = ["processor", "operating-system", "software.deb", "installation"];
  const sensitive = [...masked, ...plain].filter((name) => {
    const definition = sectionNamed(name);
    return definition && hasMaskedField("plain", definition);
  });
  t.strictSame(sensitive, masked);
});
