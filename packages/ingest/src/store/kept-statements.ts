/** Kysely prepares a statement for each call; most are the same few hundred texts, so those are kept. */
import type { Database, Statement } from "better-sqlite3";

const mostKept = 512;

/** An insert of a thousand rows holds 0.7 MB once prepared, and there is one for every number of rows. */
const longestKept = 4_096;

/** The database as Kysely takes it, giving out a statement of the same text again. */
export function withKeptStatements(database: Pick<Database, "prepare" | "close">) {
  const kept = new Map<string, Statement>();
  return {
    close: () => {
      database.close();
    },
    prepare(text: string): Statement {
      const known = kept.get(text);
      if (known) return known;
      const statement = database.prepare(text);
      if (text.length <= longestKept && kept.size < mostKept) kept.set(text, statement);
      return statement;
    },
  };
}
