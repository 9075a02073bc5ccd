/**
 * What joins the chains: each server process signs where all of them stand. Whoever takes away the end of a chain, or
 * a whole one, has to take away every such statement, too, and those tell of each other by their numbers.
 */
import { digestSchema, signatureSchema, signCanonical, verifyCanonical } from "@rollcall/protocol";
import { z } from "zod";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { protocolScope } from "../store/scope.ts";
import { type Link, nameOf } from "./chain.ts";
import { ownAuditChain, storeJoin } from "./log.ts";
import { auditJoins, chainEnds } from "./queries.ts";

const endSchema = z.object({ chain: z.int(), number: z.int(), hash: digestSchema });

/** Where all chains stood, signed with the server's identity key over the canonical rest. */
export const joinSchema = z.object({
  use: z.literal("audit-join"),
  server: z.string(),
  /** That of the process that signs. */
  chain: z.int(),
  /** From 1, one more each time. */
  number: z.int(),
  at: z.iso.datetime(),
  /** Of every chain, by its number. */
  ends: z.array(endSchema),
  /** What the processes of the other chains had signed last. */
  joins: z.array(z.object({ chain: z.int(), number: z.int() })),
  signature: signatureSchema,
});
export type Join = z.infer<typeof joinSchema>;

/** What is wrong with what was signed, or null: a signature, or that one of them is gone or older than another says. */
export function joinsFault(joins: readonly Join[], server: string): string | null {
  const numbers = new Map(joins.map(({ chain, number }) => [chain, number]));
  for (const { signature, ...rest } of joins) {
    if (rest.server !== server) return `what joins chain ${rest.chain} to the others is another server's`;
    if (!verifyCanonical(server, rest, signature))
      return `the signature of what joins chain ${rest.chain} to the others does not fit`;
    for (const { chain, number } of rest.joins)
      if ((numbers.get(chain) ?? 0) < number)
        return `what joins chain ${chain} to the others is missing, or an older one`;
  }
  return null;
}

/** What is wrong with the ends of the chains, or null: one that was joined to the others has become shorter. */
export function endsFault(ends: readonly Link[], joins: readonly Join[]): string | null {
  const present = new Map(ends.map((end) => [end.chain, end]));
  for (const joined of joins.flatMap((join) => join.ends)) {
    const end = present.get(joined.chain);
    if (!end || end.number < joined.number)
      return `entry ${nameOf(joined)} is missing at the end of its chain`;
    if (end.number === joined.number && end.hash !== joined.hash)
      return `entry ${nameOf(joined)} is not the one that was joined to the other chains`;
  }
  return null;
}

/** What one server process signs, as long as it runs. */
export class ChainJoiner {
  readonly #services: Pick<Services, "store" | "keys" | "now">;
  /** What it signed last: whoever takes that away from the database does not take it from here. */
  #last: readonly Join[] = [];

  constructor(services: Pick<Services, "store" | "keys" | "now">) {
    this.#services = services;
  }

  /**
   * Signs where all chains stand, where that is not what this process signed last. Throws when one is shorter than what
   * was signed before: nothing is signed over that.
   */
  async join(): Promise<void> {
    const { store, keys, now } = this.#services;
    const server = keys.identity.publicKey;
    const stored = await store.read(auditJoins, protocolScope, null);
    const joins = stored.map((join): Join => ({ use: "audit-join", server, ...join }));
    const ends = await store.read(chainEnds, protocolScope, null);
    demand(joinsFault(joins, server) ?? endsFault(ends, [...joins, ...this.#last]));
    const [chain] = await store.commit([ownAuditChain(null)]);
    const own = joins.find((join) => join.chain === chain);
    if (ends.length === 0 || (own && isSame(own.ends, ends))) return;
    const others = joins.filter((join) => join !== own).map(({ chain, number }) => ({ chain, number }));
    const at = isoTime(now());
    const numbered = { chain, number: (own?.number ?? 0) + 1, at, ends: [...ends], joins: others };
    const statement = { use: "audit-join", server, ...numbered } as const;
    const join = { ...statement, signature: signCanonical(keys.identity, statement) };
    await store.commit([storeJoin(join)]);
    this.#last = [join];
  }
}

function demand(fault: string | null): void {
  if (fault !== null) throw new Error(`the audit log was changed: ${fault}`);
}

const isSame = (one: readonly Link[], other: readonly Link[]): boolean =>
  one.length === other.length && one.every(({ hash }, index) => hash === other[index]?.hash);
