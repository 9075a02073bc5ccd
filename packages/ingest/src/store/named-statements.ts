/**
 * Has PostgreSQL keep the statements that come again and again, as parsed and planned: to do that anew takes it longer
 * than most of them. What comes once (a question with many conditions) is not worth the memory of each session.
 */
import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";
import { isOutdated } from "./postgres-faults.ts";

const mostKept = 512;
const longestKept = 4_096;

/** The names of texts, by which every session knows them. */
export class StatementNames {
  readonly #names = new Map<string, string>();
  /** Texts that were asked for once. */
  readonly #seen = new Set<string>();
  #last = 0;

  /** Undefined for one that is not kept. */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || text.length > longestKept || this.#names.size >= mostKept) return known;
    if (!this.#seen.has(text)) {
      if (this.#seen.size >= mostKept) this.#seen.clear();
      this.#seen.add(text);
      return undefined;
    }
    this.#seen.delete(text);
    const name = `rollcall_${++this.#last}`;
    this.#names.set(text, name);
    return name;
  }

  /** The next one gets another name: a session has the former one for tables that were changed since. */
  forget(text: string): void {
    this.#names.delete(text);
  }
}

/** The pool as Kysely takes it. */
export function withNamedStatements(pool: Pool): PostgresPool {
  const names = new StatementNames();
  const known = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const naming = known.get(client) ?? withNames(client, names);
      known.set(client, naming);
      return naming;
    },
  };
}

function withNames(client: PoolClient, names: StatementNames): PostgresPoolClient {
  async function query(text: string, parameters: readonly unknown[]): Promise<unknown> {
    const name = parameters.length === 0 ? undefined : names.of(text);
    try {
      return await client.query({ text, values: [...parameters], ...(name === undefined ? {} : { name }) });
    } catch (error) {
      if (name !== undefined && isOutdated(error)) names.forget(text);
      throw error;
    }
  }
  return {
    // Kysely gives a cursor only where a query is streamed, which none is, and takes what pg answers as it is.
    query: query as PostgresPoolClient["query"],
    release: (destroy) => client.release(destroy),
  };
}
