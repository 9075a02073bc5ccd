/** Application numbers in the store. */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { defineAuditedWrite, defineRead } from "../store/store.ts";

export interface NewApplication {
  readonly number: string;
  readonly name: string;
  readonly at: number;
}

/** Makes an application number known; false when it is already. */
export const addApplication = defineAuditedWrite({
  name: "add-application",
  subjectOf: ({ number }, added: boolean) => (added ? `application:${number}` : null),
  async run(transaction, { number, name, at }: NewApplication): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto("applications")
      .values({ number, name, created_at: at })
      .onConflict((conflict) => conflict.column("number").doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  },
});

/** Every application, whatever the scope: they are the server's own and tell nothing of a device. */
export const listApplications = defineRead({
  name: "list-applications",
  run: (database, _scope, _input: null) =>
    database.selectFrom("applications").selectAll().orderBy("number").limit(10_000).execute(),
});

/** Which of these numbers were made known on this server. */
export async function knownApplications(
  database: Kysely<Schema>,
  numbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database
    .selectFrom("applications")
    .select("number")
    .where("number", "in", numbers)
    .execute();
  return new Set(rows.map(({ number }) => number));
}

/** Whether any of these numbers was made known. */
export const anyKnownApplication = defineRead({
  name: "any-known-application",
  isPoint: true,
  run: async (database, _scope, numbers: readonly string[]): Promise<boolean> =>
    (await knownApplications(database, numbers)).size > 0,
});
