/** Records in the store: a row for each installation that has told something. */
import type { Kysely } from "kysely";
import { compiledOnce } from "../store/compiled-once.ts";
import type { Schema } from "../store/schema.ts";
import { hintIn } from "./hints.ts";
import {
  decodeRecord,
  encodeRecord,
  type ReadSection,
  RecordDamaged,
  type RecordSection,
} from "./record-codec.ts";
import { UnknownWord, wordsOf } from "./record-words.ts";

const bodyOf = compiledOnce<{ readonly installation: number }, { body: Uint8Array }>((database, given) =>
  database.selectFrom("records").select("body").where("installation", "=", given("installation")),
);

/**
 * The sections of an installation; none where it has no record, nor of one that cannot be read. That state is another
 * than the installation's, so that it tells everything again when it has something to tell.
 */
export async function readRecord(
  database: Kysely<Schema>,
  installation: number,
): Promise<readonly ReadSection[]> {
  const [row] = await bodyOf(database, { installation });
  return row ? ((await readable(database, row.body)) ?? []) : [];
}

/** Whether an installation has a record that cannot be read. */
export async function isRecordDamaged(database: Kysely<Schema>, installation: number): Promise<boolean> {
  const [row] = await bodyOf(database, { installation });
  return row !== undefined && (await readable(database, row.body)) === null;
}

/** The sections of those of these installations that have a record which can be read. */
export async function readRecords(
  database: Kysely<Schema>,
  installations: readonly number[],
): Promise<(readonly [installation: number, sections: readonly ReadSection[]])[]> {
  if (installations.length === 0) return [];
  const rows = await database
    .selectFrom("records")
    .select(["installation", "body"])
    .where("installation", "in", [...installations])
    .execute();
  const read: (readonly [number, readonly ReadSection[]])[] = [];
  for (const { installation, body } of rows) {
    const sections = await readable(database, body);
    if (sections) read.push([installation, sections]);
  }
  return read;
}

async function decoded(database: Kysely<Schema>, body: Uint8Array): Promise<readonly ReadSection[]> {
  try {
    return decodeRecord(body, await wordsOf(database));
  } catch (error) {
    if (!(error instanceof UnknownWord)) throw error;
  }
  // A newer program may have written it.
  const words = await wordsOf(database, true);
  try {
    return decodeRecord(body, words);
  } catch (error) {
    throw error instanceof UnknownWord ? new RecordDamaged(error) : error;
  }
}

/** Null where the record is damaged. */
async function readable(database: Kysely<Schema>, body: Uint8Array): Promise<readonly ReadSection[] | null> {
  try {
    return await decoded(database, body);
  } catch (error) {
    if (error instanceof RecordDamaged) return null;
    throw error;
  }
}

type Row = { readonly installation: number; readonly hint: number | null; readonly body: Uint8Array };

const putRow = compiledOnce<Row, unknown>((database, given) =>
  database
    .insertInto("records")
    .values({ installation: given("installation"), hint: given("hint"), body: given("body") })
    .onConflict((conflict) =>
      conflict.column("installation").doUpdateSet({ hint: given("hint"), body: given("body") }),
    ),
);

/** Puts the record of an installation in the place of what was there; without a section there is none. */
export async function writeRecord(
  database: Kysely<Schema>,
  installation: number,
  sections: readonly RecordSection[],
): Promise<void> {
  if (sections.length === 0) {
    await database.deleteFrom("records").where("installation", "=", installation).execute();
    return;
  }
  const body = encodeRecord(sections, await wordsOf(database));
  await putRow(database, { installation, hint: hintIn(sections), body });
}
