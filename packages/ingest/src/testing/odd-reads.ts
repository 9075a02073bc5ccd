/** Reads that do what none should, and the module of a reader's thread that knows them. */
import { isMainThread, threadId } from "node:worker_threads";
import { sql } from "kysely";
import { serveReader } from "../store/serve-reader.ts";
import { defineRead } from "../store/store.ts";

/** The numbers of all applications, and where they were read. */
export const applicationNumbers = defineRead({
  name: "application-numbers",
  async run(database, _scope, _input: null) {
    const rows = await database.selectFrom("applications").select("number").orderBy("number").execute();
    return { numbers: rows.map(({ number }) => number), thread: threadId };
  },
});

/** Never comes to an end. */
export const endless = defineRead({
  name: "endless",
  async run(database, _scope, _input: null): Promise<never> {
    for (;;) await sql`select 1`.execute(database);
  },
});

/** Ends its thread. */
export const ending = defineRead({
  name: "ending",
  run: (_database, _scope, code: number): Promise<never> => process.exit(code),
});

if (!isMainThread) serveReader();
