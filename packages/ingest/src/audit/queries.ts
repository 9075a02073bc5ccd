/** The audit log as it is read: whole for who may read every device's, and not at all for others. */
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from "kysely";
import { isoTime } from "../store/columns.ts";
import type { AuditTable, Schema } from "../store/schema.ts";
import { isOverAll, type Scope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import type { AuditEntry, Checkpoint, Link } from "./chain.ts";
import type { Join } from "./join.ts";

/** The time of an entry in milliseconds, its chain and its number. */
export type EntryPosition = readonly [at: number, chain: number, number: number];

export interface AuditPage {
  /** The latest first, instead of chain by chain from its beginning. */
  readonly descending: boolean;
  readonly limit: number;
  /** The last entry before this page, null at the beginning. */
  readonly after: EntryPosition | null;
}

const entriesInScope = (database: Kysely<Schema>, scope: Scope) =>
  database.selectFrom("audit").where((builder) => builder.lit(isOverAll(scope)));

type StoredCheckpoint = Omit<Checkpoint, "use" | "server">;

export interface AuditRead {
  readonly entries: readonly AuditEntry[];
  /** What stands in the place of the entries that were cut, by chain. */
  readonly checkpoints: readonly StoredCheckpoint[];
}

export const auditEntries = defineRead({
  name: "audit-entries",
  async run(database, scope, { descending, limit, after }: AuditPage): Promise<AuditRead> {
    const entries = entriesInScope(database, scope).selectAll().limit(limit);
    const rows = descending ? latestFirst(entries, after) : chainByChain(entries, after);
    for (let before = await checkpointsIn(database, scope); ; ) {
      const read = (await rows.execute()).map(entryOf);
      const checkpoints = await checkpointsIn(database, scope);
      // Cut in between, they would not fit together.
      if (JSON.stringify(checkpoints) === JSON.stringify(before)) return { entries: read, checkpoints };
      before = checkpoints;
    }
  },
});

const checkpointsIn = (database: Kysely<Schema>, scope: Scope): Promise<readonly StoredCheckpoint[]> =>
  database
    .selectFrom("audit_checkpoint")
    .selectAll()
    .where((builder) => builder.lit(isOverAll(scope)))
    .orderBy("chain")
    .execute();

type Entries = SelectQueryBuilder<Schema, "audit", Selectable<AuditTable>>;

function latestFirst(entries: Entries, after: EntryPosition | null): Entries {
  const inOrder = entries.orderBy("at", "desc").orderBy("chain", "desc").orderBy("number", "desc");
  if (after === null) return inOrder;
  const [at, chain, number] = after;
  return inOrder.where(({ eb, refTuple, tuple }) =>
    eb(refTuple("at", "chain", "number"), "<", tuple(at, chain, number)),
  );
}

function chainByChain(entries: Entries, after: EntryPosition | null): Entries {
  const inOrder = entries.orderBy("chain").orderBy("number");
  if (after === null) return inOrder;
  const [, chain, number] = after;
  return inOrder.where(({ eb, refTuple, tuple }) =>
    eb(refTuple("chain", "number"), ">", tuple(chain, number)),
  );
}

function entryOf(row: Selectable<AuditTable>): AuditEntry {
  return {
    chain: row.chain,
    number: row.number,
    at: isoTime(row.at),
    action: row.action,
    requestId: row.request_id,
    account: { value: row.account, salt: row.account_salt, commitment: row.account_commitment },
    subject: { value: row.subject, salt: row.subject_salt, commitment: row.subject_commitment },
    hash: row.hash,
  };
}

/** What each server signed last of where all chains stood. */
export const auditJoins = defineRead({
  name: "audit-joins",
  isPoint: true,
  async run(database, scope, _input: null): Promise<readonly Omit<Join, "use" | "server">[]> {
    const rows = await database
      .selectFrom("audit_joins")
      .selectAll()
      .where((builder) => builder.lit(isOverAll(scope)))
      .orderBy("chain")
      .execute();
    // Whatever is there is shown; who checks it sees whether it was signed so.
    return rows.map(({ ends, joins, ...row }) => ({
      ...row,
      ends: JSON.parse(ends),
      joins: JSON.parse(joins),
    }));
  },
});

/** The last entry of each chain before an instant. */
export const lastEntriesBefore = defineRead({
  name: "last-audit-entries-before",
  run: (database, scope, at: number): Promise<readonly Link[]> =>
    entriesInScope(database, scope)
      .select(["chain", "number", "hash"])
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple("chain", "number"),
          "in",
          selectFrom("audit as old")
            .select(({ fn }) => ["old.chain", fn.max<number>("old.number").as("number")])
            .where("old.at", "<", at)
            .groupBy("old.chain")
            .$asTuple("chain", "number"),
        ),
      )
      .orderBy("chain")
      .execute(),
});

/** The last of a chain's first entries, `most` of them, or the entry up to which they are asked for. */
export const endOfSlice = defineRead({
  name: "end-of-audit-slice",
  isPoint: true,
  async run(database, scope, { upTo, most }: { readonly upTo: Link; readonly most: number }): Promise<Link> {
    const end = await entriesInScope(database, scope)
      .select(["chain", "number", "hash"])
      .where("chain", "=", upTo.chain)
      .where("number", "<", upTo.number)
      .orderBy("number")
      .limit(1)
      .offset(most - 1)
      .executeTakeFirst();
    return end ?? upTo;
  },
});

/** Where every chain stands: its last entry, or what stands in the place of all that were cut. */
export const chainEnds = defineRead({
  name: "audit-chain-ends",
  isPoint: true,
  async run(database, _scope, _input: null): Promise<readonly Link[]> {
    // From chain to chain by the key: to group them would read every entry, and this is asked each minute.
    const { rows } = await sql<Link>`
      with recursive chains (chain) as (
        select min(chain) from audit
        union all
        select (select min(audit.chain) from audit where audit.chain > chains.chain)
          from chains where chains.chain is not null
      )
      select audit.chain, audit.number, audit.hash from chains join audit on audit.chain = chains.chain
        and audit.number = (select max(last.number) from audit as last where last.chain = chains.chain)
    `.execute(database);
    const checkpoints = await database
      .selectFrom("audit_checkpoint")
      .select(["chain", "number", "hash"])
      .execute();
    const cutWhole = checkpoints.filter(({ chain }) => !rows.some((end) => end.chain === chain));
    return [...rows, ...cutWhole].sort((a, b) => a.chain - b.chain);
  },
});
