/**
 * The log on PostgreSQL, shared by servers. Each has a number, by a lock that its writing connection holds, and enters
 * its batches in order over that connection, so nobody meets a gap: a number shared by all would be seen committed
 * after a higher one.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { ClientBase } from "pg";
import { decodeDirty, encodeDirty, type LogEntry, type LogPosition, type LogReach } from "./log.ts";
import { openOwnChain } from "./own-chain.ts";
import { notedDevices } from "./postgres-dirty.ts";
import { migrationLock, serverNumbers } from "./postgres-locks.ts";
import type { Schema } from "./schema.ts";

/** For how long what a server that has ended did not read yet is kept for it, seconds. */
const keptFor = 24 * 60 * 60;

/** How far each server has read each other's entries; of no device. */
export async function keepReaders(database: Kysely<Schema>): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await migrationLock(transaction);
    await sql`
      create table if not exists rollcall_log_readers (
        reader bigint not null, server bigint not null, seq bigint not null, at timestamptz not null,
        primary key (reader, server)
      )
    `.execute(transaction);
  });
}

/** The log as those that follow it read it. */
export class PostgresLogReader {
  readonly #database: Kysely<Schema>;

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  async reach(): Promise<LogReach> {
    // From server to server by the key: grouping would read every entry, and this is asked each second.
    const { rows } = await sql<{ server: number; first: number; last: number }>`
      with recursive servers (server) as (
        select min(server) from log
        union all
        select (select min(log.server) from log where log.server > servers.server)
          from servers where servers.server is not null
      )
      select server,
        (select min(seq) from log where log.server = servers.server) as first,
        (select max(seq) from log where log.server = servers.server) as last
      from servers where server is not null order by server
    `.execute(this.#database);
    return {
      oldest: rows.map(({ server, first }) => ({ server, seq: first - 1 })),
      newest: rows.map(({ server, last }) => ({ server, seq: last })),
    };
  }

  /** The first entries behind a position, `most` of them. */
  async after({ server, seq }: LogPosition, most: number): Promise<LogEntry[]> {
    const { rows } = await sql<{ seq: number; body: Uint8Array }>`
      select seq, body from log where server = ${server} and seq > ${seq} order by seq limit ${most}
    `.execute(this.#database);
    return rows.map((row) => ({ dirty: decodeDirty(row.body), position: { server, seq: row.seq } }));
  }

  /**
   * Notes that `reader` needs nothing before a position, and removes what no server needs: none that runs, nor one that
   * ended within the day. Never the last entry, which tells the number.
   */
  async truncate(reader: number, { server, seq }: LogPosition): Promise<void> {
    await sql`
      insert into rollcall_log_readers values (${reader}, ${server}, ${seq}, now())
      on conflict (reader, server) do update set seq = excluded.seq, at = excluded.at
    `.execute(this.#database);
    await sql`
      delete from log where server = ${server} and seq < least(
        (select max(seq) from log where server = ${server}),
        (select min(coalesce(r.seq, 0)) from (
          select objid::bigint as reader from pg_locks
            where locktype = 'advisory' and classid = ${serverNumbers} and objsubid = 2 and granted
              and database = (select oid from pg_database where datname = current_database())
          union select reader from rollcall_log_readers where at > now() - ${keptFor} * interval '1 second'
        ) alive left join rollcall_log_readers r on r.reader = alive.reader and r.server = ${server})
      )
    `.execute(this.#database);
  }
}

/** The log's side of the connection that writes, by the number that it holds. */
export class PostgresLogWriter {
  #server = 1;
  #seq = 0;

  get server(): number {
    return this.#server;
  }

  /** Takes a number for a connection: the one that this process had, where no other has taken it meanwhile. */
  async open(client: ClientBase): Promise<void> {
    const wanted = this.#server;
    for (let number = wanted; !(await this.#take(client, number)); )
      number = number === wanted && wanted !== 1 ? 1 : number + 1;
  }

  async #take(client: ClientBase, number: number): Promise<boolean> {
    const { rows: locked } = await client.query<{ is: boolean }>(
      "select pg_try_advisory_lock($1::integer, $2::integer) as is",
      [serverNumbers, number],
    );
    if (locked[0]?.is !== true) return false;
    // Whoever had it before has ended: what it committed is all there will be.
    const { rows } = await client.query<{ seq: number }>(
      "select coalesce(max(seq), 0) as seq from log where server = $1",
      [number],
    );
    await client.query(openOwnChain(number));
    this.#server = number;
    this.#seq = rows[0]?.seq ?? 0;
    return true;
  }

  /** Enters what the open transaction changed; null where nobody has to know. Numbers follow each other without a gap. */
  async enter(transaction: Transaction<Schema>): Promise<LogEntry | null> {
    const dirty = await notedDevices(transaction);
    if (dirty.length === 0) return null;
    const position = { server: this.#server, seq: this.#seq + 1 };
    await sql`
      insert into log (server, seq, at, body)
      values (${position.server}, ${position.seq}, (extract(epoch from clock_timestamp()) * 1000)::bigint, ${encodeDirty(dirty)})
    `.execute(transaction);
    return { dirty, position };
  }

  /** The entry's transaction was committed. */
  entered({ position }: LogEntry): void {
    this.#seq = position.seq;
  }
}
