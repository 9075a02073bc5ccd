/** The audit log: entered, erased in part, cut at its beginning. Nothing else changes it. */
import { randomBytes } from "node:crypto";
import type { Transaction } from "kysely";
import { isoTime } from "../store/columns.ts";
import { lengthenOwnChain, ownChain } from "../store/own-chain.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import type { AuditAction } from "./actions.ts";
import { beginningOf, type Checkpoint, type Committed, commit, hashOf } from "./chain.ts";
import type { Join } from "./join.ts";

/** What is entered. */
export interface Act {
  /** `os:NAME`, `token:ID`, `installation:ORDINAL` for a device's owner, or `server`. */
  readonly account: string;
  readonly action: AuditAction;
  /** What was changed, such as `api-token:7`; a device by its ordinal. Never a secret, never a digest. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** null for what no request asked for. */
  readonly requestId: string | null;
}

/** Enters an act in the transaction of what it tells of. */
export async function enter(transaction: Transaction<Schema>, act: Act): Promise<void> {
  const { chain, ...end } = await ownChain(transaction);
  const last = end.hash === null ? beginningOf(chain) : { number: end.number, hash: end.hash };
  const { action, requestId } = act;
  const [account, subject] = [committed(act.account), committed(act.subject)];
  const number = last.number + 1;
  const entry = { chain, number, at: isoTime(act.at), action, requestId, account, subject };
  const hash = hashOf(entry, last.hash);
  await transaction
    .insertInto("audit")
    .values({
      chain,
      number,
      at: act.at,
      action,
      request_id: requestId,
      account: account.value,
      account_salt: account.salt,
      account_commitment: account.commitment,
      subject: subject.value,
      subject_salt: subject.salt,
      subject_commitment: subject.commitment,
      hash,
    })
    .execute();
  await lengthenOwnChain(transaction, { number, hash });
}

function committed(value: string): Committed {
  const salt = randomBytes(16).toString("base64url");
  return { value, salt, commitment: commit(value, salt) };
}

/** An act as a write of its own, to stand in the batch of what the server or a device's owner changes. */
export const enterAct = defineWrite({
  name: "enter-act",
  run: (transaction, act: Act): Promise<void> => enter(transaction, act),
});

/** Takes a name out of every entry in which it acted or was changed; what was done stays, and the chain holds. */
export async function eraseName(transaction: Transaction<Schema>, name: string): Promise<void> {
  const audit = () => transaction.updateTable("audit");
  await audit().set({ account: null, account_salt: null }).where("account", "=", name).execute();
  await audit().set({ subject: null, subject_salt: null }).where("subject", "=", name).execute();
}

/** Deletes a chain's entries up to a checkpoint, which then stands in their place. False when it is not of this log. */
export const cutLog = defineWrite({
  name: "cut-audit-log",
  async run(transaction, checkpoint: Checkpoint): Promise<boolean> {
    const { chain, number, hash, at, signature } = checkpoint;
    const last = await transaction
      .selectFrom("audit")
      .select("number")
      .where("chain", "=", chain)
      .where("number", "=", number)
      .where("hash", "=", hash)
      .executeTakeFirst();
    if (!last) return false;
    await transaction.deleteFrom("audit").where("chain", "=", chain).where("number", "<=", number).execute();
    await transaction.deleteFrom("audit_checkpoint").where("chain", "=", chain).execute();
    await transaction.insertInto("audit_checkpoint").values({ chain, number, hash, at, signature }).execute();
    return true;
  },
});

/** The number of the chain that this process adds to. */
export const ownAuditChain = defineWrite({
  name: "own-audit-chain",
  run: async (transaction, _input: null): Promise<number> => (await ownChain(transaction)).chain,
});

/** Keeps what this process signed of where all chains stand; nothing where it adds to another chain by now. */
export const storeJoin = defineWrite({
  name: "store-audit-join",
  async run(transaction, { chain, number, at, ends, joins, signature }: Join): Promise<void> {
    if ((await ownChain(transaction)).chain !== chain) return;
    const row = { number, at, ends: JSON.stringify(ends), joins: JSON.stringify(joins), signature };
    await transaction
      .insertInto("audit_joins")
      .values({ chain, ...row })
      .onConflict((conflict) => conflict.column("chain").doUpdateSet(row))
      .execute();
  },
});
