/**
 * That sections of an installation became something else: a row for each time, in the order in which it was stored, for
 * those that ask what changed in a fleet. What they were and became the record and the history tell.
 */
import { type Kysely, type Selectable, sql } from "kysely";
import { rowsBetween } from "../store/engine.ts";
import type { ChangeTable, Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { ByteReader, ByteWriter } from "./record-bytes.ts";
import { wordsOf } from "./record-words.ts";

export interface Change {
  readonly installation: number;
  /** When; milliseconds since 1970. */
  readonly since: number;
  /** Of the sections. */
  readonly names: readonly string[];
}

export async function noteChange(database: Kysely<Schema>, { names, ...when }: Change): Promise<void> {
  if (names.length === 0) return;
  const sections = encodeNumbers(await numbersOf(database, names));
  await database
    .insertInto("changes")
    .values({ ...when, sections })
    .execute();
}

/** The sections that a row names. */
export async function namesIn(
  database: Kysely<Schema>,
  rows: readonly Uint8Array[],
): Promise<readonly (readonly string[])[]> {
  const numbers = rows.map(decodeNumbers);
  const words = await wordsOf(database);
  const isKnown = numbers.flat().every((number) => words.knows(number));
  const { nameOf } = isKnown ? words : await wordsOf(database, true);
  return numbers.map((each) => each.map(nameOf));
}

/** Leaves these sections out of all that is noted of an installation. */
export async function forgetChanges(
  database: Kysely<Schema>,
  installation: number,
  names: readonly string[],
): Promise<void> {
  const forgotten = new Set(await numbersOf(database, names));
  const rows = await database
    .selectFrom("changes")
    .select(["id", "installation", "sections"])
    .where("installation", "=", installation)
    .execute();
  for (const row of rows) await leaveOut(database, row, (number) => forgotten.has(number));
}

/** Whether nothing is left of the row. */
async function leaveOut(
  database: Kysely<Schema>,
  { id, installation, sections }: Pick<Row, "id" | "installation" | "sections">,
  isOut: (number: number) => boolean,
): Promise<boolean> {
  const numbers = decodeNumbers(sections);
  const left = numbers.filter((number) => !isOut(number));
  if (left.length === 0)
    await database
      .deleteFrom("changes")
      .where("installation", "=", installation)
      .where("id", "=", id)
      .execute();
  else if (left.length < numbers.length)
    await database
      .updateTable("changes")
      .set({ sections: encodeNumbers(left) })
      .where("installation", "=", installation)
      .where("id", "=", id)
      .execute();
  return left.length === 0;
}

type Row = Selectable<ChangeTable>;

/** What is too old to be told of some sections: as old as what they were may get. */
export interface OldChanges {
  readonly before: number;
  readonly names: readonly string[];
}

/** Leaves out what is too old in the rows behind `after` up to `last`; how many rows went whole. */
export const removeOldChanges = defineWrite({
  name: "remove-old-changes",
  async run(
    transaction,
    { after, last, old }: { after: number; last: number; old: readonly OldChanges[] },
  ): Promise<number> {
    const until = new Map<number, number>();
    for (const { before, names } of old)
      for (const number of await numbersOf(transaction, names)) until.set(number, before);
    const latest = Math.max(0, ...until.values());
    const { rows } = await sql<Row>`
      select id, installation, since, sections from changes
      where ${rowsBetween(transaction, after, last)} and since < ${latest}
    `.execute(transaction);
    let removed = 0;
    for (const row of rows)
      if (await leaveOut(transaction, row, (number) => row.since < (until.get(number) ?? 0))) removed++;
    return removed;
  },
});

/** What is noted of these sections is another installation's from now on. */
export async function carryChanges(
  database: Kysely<Schema>,
  { from, to }: { readonly from: number; readonly to: number },
  names: readonly string[],
): Promise<void> {
  const carried = new Set(names);
  const rows = await database
    .selectFrom("changes")
    .select(["since", "sections"])
    .where("installation", "=", from)
    .orderBy("id")
    .execute();
  const named = await namesIn(
    database,
    rows.map(({ sections }) => sections),
  );
  for (const [at, { since }] of rows.entries())
    await noteChange(database, {
      installation: to,
      since,
      names: (named[at] ?? []).filter((name) => carried.has(name)),
    });
  await database.deleteFrom("changes").where("installation", "=", from).execute();
}

/** Those of these sections that have a number: no other can have been stored. */
async function numbersOf(database: Kysely<Schema>, names: readonly string[]): Promise<number[]> {
  const words = await wordsOf(database);
  return names.map((name) => words.numberOf(name));
}

function encodeNumbers(numbers: readonly number[]): Buffer {
  const writer = new ByteWriter();
  for (const number of numbers) writer.number(number);
  return writer.finish();
}

function decodeNumbers(bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const numbers: number[] = [];
  while (reader.left > 0) numbers.push(reader.number());
  return numbers;
}
