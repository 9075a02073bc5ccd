/** The audit log: entered, erased in part, cut at its beginning. Nothing else changes it. */
import { randomBytes } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { isoTime } from "../store/columns.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import type { AuditAction } from "./actions.ts";
import { type Checkpoint, type Committed, commit, genesis, hashOf, type Link } from "./chain.ts";

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
  const last = await lastLink(transaction);
  const { action, requestId } = act;
  const [account, subject] = [committed(act.account), committed(act.subject)];
  const entry = { number: last.number + 1, at: isoTime(act.at), action, requestId, account, subject };
  await transaction
    .insertInto("audit")
    .values({
      number: entry.number,
      at: act.at,
      action,
      request_id: requestId,
      account: account.value,
      account_salt: account.salt,
      account_commitment: account.commitment,
      subject: subject.value,
      subject_salt: subject.salt,
      subject_commitment: subject.commitment,
      hash: hashOf(entry, last.hash),
    })
    .execute();
}

function committed(value: string): Committed {
  const salt = randomBytes(16).toString("base64url");
  return { value, salt, commitment: commit(value, salt) };
}

async function lastLink(database: Kysely<Schema>): Promise<Link> {
  const entries = database.selectFrom("audit").select(["number", "hash"]).orderBy("number", "desc");
  const checkpoint = database.selectFrom("audit_checkpoint").select(["number", "hash"]);
  return (await entries.limit(1).executeTakeFirst()) ?? (await checkpoint.executeTakeFirst()) ?? genesis;
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

/** Deletes the entries up to a checkpoint, which then stands in their place. False when it is not of this log. */
export const cutLog = defineWrite({
  name: "cut-audit-log",
  async run(transaction, checkpoint: Checkpoint): Promise<boolean> {
    const { number, hash, at, signature } = checkpoint;
    const last = await transaction
      .selectFrom("audit")
      .select("number")
      .where("number", "=", number)
      .where("hash", "=", hash)
      .executeTakeFirst();
    if (!last) return false;
    await transaction.deleteFrom("audit").where("number", "<=", number).execute();
    await transaction.deleteFrom("audit_checkpoint").execute();
    await transaction.insertInto("audit_checkpoint").values({ number, hash, at, signature }).execute();
    return true;
  },
});
