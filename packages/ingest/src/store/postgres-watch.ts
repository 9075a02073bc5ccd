/**
 * Ends connections whose other end went away without a word: cut off, or another database answers at its address. The
 * operating system would take a quarter of an hour to say so, and whoever waits for an answer as long.
 */
import { Client, type ClientConfig, type Pool } from "pg";

/** How long an answer may take before the database is asked what became of the question, milliseconds. */
const patience = 3_000;

/** How often that is looked at, milliseconds. */
const often = 1_000;

/** A connection that somebody waits for, or that is being closed. */
interface Waiting {
  /** As `performance.now()` has it. */
  readonly since: number;
  /** Since when its session had nothing to do, as the database said last; null: it was at work. */
  idleSince: string | null;
}

/** What a session is called; a number alone may be another's by now. */
const name = "pid || ' ' || backend_start";

export class Watch {
  readonly #pool: Pool;
  readonly #where: ClientConfig;
  readonly #waiting = new Map<Client, Waiting>();
  /** The sessions of all connections that are open; null until the database has told it. */
  readonly #sessions = new Map<Client, string | null>();
  #looking = false;

  /** Over a pool whose every new connection is told to `opened` before anything else is asked on it. */
  constructor(pool: Pool, where: ClientConfig) {
    this.#pool = pool;
    this.#where = where;
    pool.on("acquire", (client) => this.#waits(client));
    pool.on("release", (_error, client) => this.#waiting.delete(client));
    const timer = setInterval(() => {
      if (pool.ended) clearInterval(timer);
      if (pool.ending) for (const client of this.#sessions.keys()) this.#waits(client);
      void this.#look();
    }, often).unref();
  }

  async opened(client: Client): Promise<void> {
    this.#sessions.set(client, null);
    this.#waits(client);
    client.once("end", () => {
      this.#sessions.delete(client);
      this.#waiting.delete(client);
    });
    const { rows } = await client.query<{ name: string }>(
      `select ${name} as name from pg_stat_activity where pid = pg_backend_pid()`,
    );
    this.#sessions.set(client, rows[0]?.name ?? null);
  }

  #waits(client: Client): void {
    if (!this.#waiting.has(client)) this.#waiting.set(client, { since: performance.now(), idleSince: null });
  }

  async #look(): Promise<void> {
    const before = performance.now() - patience;
    const late = [...this.#waiting].filter(([, { since }]) => since < before);
    if (late.length === 0 || this.#looking) return;
    this.#looking = true;
    const known = await this.#ask().catch(() => new Map<string, string | null>());
    this.#looking = false;
    for (const [client, waiting] of late) {
      if (this.#waiting.get(client) !== waiting) continue;
      const idleSince = known.get(this.#sessions.get(client) ?? "");
      const isGone = idleSince === undefined || (idleSince !== null && idleSince === waiting.idleSince);
      if (isGone || this.#pool.ending) client.connection.stream.destroy();
      else waiting.idleSince = idleSince;
    }
  }

  /** By session since when it has nothing to do, null where it is at work. Rejects where nobody answers in time. */
  async #ask(): Promise<Map<string, string | null>> {
    const limits = { connectionTimeoutMillis: patience, query_timeout: patience };
    const client = new Client({ ...this.#where, ...limits });
    client.on("error", () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ name: string; idle_since: string | null }>(
        `select ${name} as name, case state when 'active' then null else state_change::text end as idle_since
          from pg_stat_activity where datname = current_database()`,
      );
      return new Map(rows.map((row) => [row.name, row.idle_since]));
    } finally {
      client.connection.stream.destroy();
    }
  }
}
