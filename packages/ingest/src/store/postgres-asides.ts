/** Reads of many rows over connections of their own to PostgreSQL, each statement within the time of a question. */
import { RollcallError } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { connect } from "./postgres-dialect.ts";
import { isOverdue } from "./postgres-faults.ts";
import { type ReadingLimits, refuseCrowd } from "./reading-limits.ts";
import type { Schema } from "./schema.ts";

/** Connections at most. */
const most = 4;

export class PostgresAsides {
  readonly #limits: ReadingLimits;
  readonly #queries: Kysely<Schema>;
  #asked = 0;

  constructor(url: string, limits: ReadingLimits) {
    this.#limits = limits;
    this.#queries = connect(url, {
      max: most,
      idleTimeoutMillis: 60_000,
      statement_timeout: limits.milliseconds,
    });
  }

  /** Rejects with `busy` where too many wait, and with `query-too-slow`. */
  async read<Result>(run: (database: Kysely<Schema>) => Promise<Result>): Promise<Result> {
    refuseCrowd(this.#asked - most, this.#limits);
    this.#asked++;
    try {
      return await run(this.#queries);
    } catch (error) {
      throw isOverdue(error) ? new RollcallError("query-too-slow", { cause: error }) : error;
    } finally {
      this.#asked--;
    }
  }

  async close(): Promise<void> {
    await this.#queries.destroy();
  }
}
