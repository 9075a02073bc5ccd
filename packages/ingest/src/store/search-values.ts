/** The search tables' side of a section: its values replaced with the document, in the same transaction. */
import { fold, type SearchValue } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Rows of one insert, so that its parameters stay below what any engine takes. */
const rowsAtOnce = 1_000;

const tables = ["search_texts", "search_numbers", "search_titles"] as const;

/** Puts a section's values in the place of those it had. */
export async function replaceSearchValues(
  database: Kysely<Schema>,
  installation: number,
  section: string,
  values: readonly SearchValue[],
): Promise<void> {
  await removeSearchValues(database, installation, [section]);
  const at = { installation, section };
  const flag = (value: boolean) => (value ? 1 : 0);
  const texts = values.flatMap((value) =>
    value.as === "term" || value.as === "key"
      ? [
          {
            ...at,
            field: value.field,
            folded: fold(value.text),
            shown: value.text,
            words: flag(value.words),
            sensitive: flag(value.sensitive),
          },
        ]
      : [],
  );
  const numbers = values.flatMap((value) =>
    value.as === "number"
      ? [{ ...at, field: value.field, number: value.number, sensitive: flag(value.sensitive) }]
      : [],
  );
  const titles = values.flatMap((value) =>
    value.as === "title"
      ? [
          {
            ...at,
            field: value.field,
            folded: fold(value.title),
            title: value.title,
            version: value.version ?? "",
            source: value.source,
            sensitive: flag(value.sensitive),
          },
        ]
      : [],
  );
  for (const rows of inParts(texts)) await database.insertInto("search_texts").values(rows).execute();
  for (const rows of inParts(numbers)) await database.insertInto("search_numbers").values(rows).execute();
  for (const rows of inParts(titles)) await database.insertInto("search_titles").values(rows).execute();
}

async function removeSearchValues(
  database: Kysely<Schema>,
  installation: number,
  sections: readonly string[],
): Promise<void> {
  if (sections.length === 0) return;
  for (const table of tables)
    await database
      .deleteFrom(table)
      .where("installation", "=", installation)
      .where("section", "in", sections)
      .execute();
}

function* inParts<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce);
}
