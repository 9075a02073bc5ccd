/** Devices as the index is to know them, read from what the store holds of them. */
import { type SearchValue, searchValues, sectionNamed } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { sectionsOfMany } from "../records/sections.ts";
import type { Schema } from "../store/schema.ts";
import { changedField, dayOf } from "./changed-days.ts";
import type { Change } from "./indexed-device.ts";
import { ItemValues, type ListedItems } from "./item-values.ts";

/**
 * What these devices are to be found as; null for those that are gone, hidden, or without an installation. `items`: what
 * is known of items, from one reading to the next.
 */
export async function readDevices(
  database: Kysely<Schema>,
  ordinals: readonly number[],
  items: ItemValues = new ItemValues(),
): Promise<Change[]> {
  const rows = await database
    .selectFrom("devices")
    .innerJoin("installations", "installations.device", "devices.ordinal")
    .leftJoin("countries", "countries.installation", "installations.ordinal")
    .select([
      "devices.ordinal",
      "group_name",
      "sort_name",
      "installations.ordinal as installation",
      "country",
    ])
    .where("devices.ordinal", "in", [...ordinals])
    .where("merge", "is", null)
    .execute();
  const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  const values = await valuesOf(
    database,
    rows.map(({ installation }) => installation),
    items,
  );
  return ordinals.map((ordinal): Change => {
    const row = byOrdinal.get(ordinal);
    if (!row) return { ordinal, device: null };
    const ofServer = [term("group", row.group_name), ...(row.country ? [term("country", row.country)] : [])];
    return {
      ordinal,
      device: { sortName: row.sort_name, values: [...(values.get(row.installation) ?? []), ...ofServer] },
    };
  });
}

/** The first devices from this ordinal on, `most` of them. */
export async function devicesFrom(
  database: Kysely<Schema>,
  ordinal: number,
  most: number,
): Promise<number[]> {
  const rows = await database
    .selectFrom("devices")
    .select("ordinal")
    .where("ordinal", ">=", ordinal)
    .orderBy("ordinal")
    .limit(most)
    .execute();
  return rows.map((row) => row.ordinal);
}

/** What no section declares, for the server knows it by itself. */
const term = (field: string, text: string): SearchValue => {
  return { as: "term", field, text, words: false, sensitive: false };
};

/** That a section, or any, became what it is on this day. */
const changedOn = (since: number, section?: string): SearchValue => {
  return { as: "number", field: changedField(section), number: dayOf(since), sensitive: false };
};

async function valuesOf(
  database: Kysely<Schema>,
  installations: readonly number[],
  items: ItemValues,
): Promise<ReadonlyMap<number, readonly SearchValue[]>> {
  const values = new Map<number, SearchValue[]>();
  if (installations.length === 0) return values;
  const sections = (await sectionsOfMany(database, installations)).map((row) => ({
    ...row,
    ...foundIn(row),
  }));
  await items.learn(
    database,
    sections.flatMap(({ lists }) => lists),
  );
  const latest = new Map<number, number>();
  for (const { installation, name, body, since, own, lists } of sections) {
    const known = values.get(installation) ?? [];
    values.set(installation, known);
    known.push(changedOn(since, name));
    latest.set(installation, Math.max(since, latest.get(installation) ?? 0));
    if (body === null) continue;
    known.push(term("has", name));
    // Nothing is found in a document that cannot be read; whoever asks for the document itself is told.
    const listed = lists.map((list) => items.of(list));
    for (const each of listed.includes(null) ? [] : [own, ...listed])
      for (const value of each ?? []) known.push(value);
  }
  for (const [installation, since] of latest) values.get(installation)?.push(changedOn(since));
  return values;
}

interface Found {
  /** By what is the device's own. */
  readonly own: readonly SearchValue[];
  /** And by these items. */
  readonly lists: readonly ListedItems[];
}

const foundByNothing: Found = { own: [], lists: [] };

function foundIn({ name, isIndexed, document }: Awaited<ReturnType<typeof sectionsOfMany>>[number]): Found {
  const definition = sectionNamed(name);
  if (!definition || !isIndexed || document === null) return foundByNothing;
  const lists = document.lists.map((list) => ({ definition, list: list.name, ids: list.ids }));
  return { own: searchValues(definition, document.own), lists };
}
