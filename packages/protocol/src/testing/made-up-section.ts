/** A section that no collector fills, with every kind of field and every mark one can have. */
import { choice, flag, group, instant, list, quantity, reading, required, text, texts } from "../fields.ts";
import { type DocumentOf, defineSection } from "../section.ts";

export const madeUp = defineSection({
  name: "shelf.books",
  title: "Shelf",
  schema: 3,
  category: "hardware",
  purposes: ["inventory", "support"],
  sources: { linux: ["/made/up"] },
  fields: {
    name: text(32, {
      is: "Name.",
      sensitivity: "plain",
      search: { field: "shelf", as: "term", words: true },
      summary: "hostname",
    }),
    kind: choice(["wood", "steel"], { is: "Kind.", sensitivity: "plain" }),
    builtAt: instant({ is: "When it was built.", sensitivity: "plain", own: true }),
    height: quantity({
      is: "Height.",
      sensitivity: "plain",
      unit: "millimetres",
      max: 5_000,
      search: { field: "height", as: "number" },
    }),
    load: reading({ is: "What lies on it.", sensitivity: "plain", unit: "bytes", max: 1_000 }),
    colours: texts(3, 8, { is: "Colours.", sensitivity: "plain", search: { field: "colour", as: "term" } }),
    maker: group(
      { is: "Maker.", sensitivity: "plain" },
      {
        name: text(32, { is: "Name of the maker.", sensitivity: "plain", summary: "manufacturer" }),
        mark: text(32, {
          is: "The maker's mark.",
          sensitivity: "sensitive",
          search: { field: "serial", as: "key" },
        }),
        street: text(64, { is: "Where it was made.", sensitivity: "plain", locates: "always" }),
      },
    ),
    room: text(64, { is: "Where it stands.", sensitivity: "plain", locates: "always" }),
    address: text(64, {
      is: "Address.",
      sensitivity: "sensitive",
      locates: "public-address",
      search: { field: "ip", as: "key", address: true },
    }),
    books: list(
      { is: "Books.", sensitivity: "plain", max: 4, key: ["title", "language"] },
      {
        title: required(
          text(16, {
            is: "Title.",
            sensitivity: "plain",
            search: { field: "book", as: "title", words: true },
          }),
        ),
        language: required(text(8, { is: "Language.", sensitivity: "plain" })),
        edition: text(16, {
          is: "Edition.",
          sensitivity: "plain",
          search: { field: "book", as: "version", order: "semver" },
        }),
        lent: flag({ is: "Whether it is lent.", sensitivity: "plain" }),
        reader: text(32, { is: "Who has it.", sensitivity: "sensitive" }),
        places: texts(3, 64, {
          is: "Addresses from which it was read.",
          sensitivity: "plain",
          locates: "public-address",
        }),
        page: reading({ is: "Page it is open at.", sensitivity: "plain", unit: "count", max: 10_000 }),
      },
    ),
  },
});

export type MadeUp = DocumentOf<typeof madeUp>;
