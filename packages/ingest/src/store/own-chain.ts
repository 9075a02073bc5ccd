/**
 * Where the audit chain stands that this process adds to: a table of the writing connection alone, by the number that
 * it holds in the log. So nobody waits for another's entries or meets them, and what is rolled back was never there.
 */
import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";

/** The end of a chain; null before its first entry. */
export interface ChainEnd {
  /** The server's number in the log. */
  readonly chain: number;
  readonly number: number;
  readonly hash: string | null;
}

/** Statements that make the table for the server of this number. In SQL that every engine takes. */
export const openOwnChain = (server: number): string => `
  create temporary table own_chain (chain bigint not null, number bigint not null, hash text);
  insert into own_chain
    select ${server}, number, hash from (
      select number, hash from audit where chain = ${server}
      union all select number, hash from audit_checkpoint where chain = ${server}
      union all select 0, null
    ) as ends order by number desc limit 1
`;

export async function ownChain(database: Kysely<Schema>): Promise<ChainEnd> {
  const { rows } = await sql<ChainEnd>`select chain, number, hash from own_chain`.execute(database);
  const [end] = rows;
  if (!end) throw new Error("this connection adds to no audit chain");
  return end;
}

export async function lengthenOwnChain(
  database: Kysely<Schema>,
  { number, hash }: { readonly number: number; readonly hash: string },
): Promise<void> {
  await sql`update own_chain set number = ${number}, hash = ${hash}`.execute(database);
}
