/** The server's id in the store, so that a database is never served under another identity. */
import { defineAuditedWrite, defineRead, defineWrite } from "../store/store.ts";

/** The id that this database was served under, null before the first start. Whatever the scope: every agent is told it. */
export const rememberedServer = defineRead({
  name: "remembered-server",
  isPoint: true,
  async run(database, _scope, _input: null): Promise<string | null> {
    const row = await database.selectFrom("server").select("id").executeTakeFirst();
    return row?.id ?? null;
  },
});

export const rememberServer = defineWrite({
  name: "remember-server",
  async run(transaction, id: string): Promise<void> {
    await transaction.insertInto("server").values({ id }).execute();
  },
});

/** The keys themselves are files; here is only the entry in the audit log. */
export const keyChanged = defineAuditedWrite({
  name: "key-changed",
  subjectOf: (key: string) => `key:${key}`,
  run: async (): Promise<void> => undefined,
});
