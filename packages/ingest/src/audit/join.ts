/**
 * What joins the chains: each server process signs where all of them stand. Whoever takes away the end of a chain, or
 * a whole one, has to take away every such statement, too, and those tell of each other by their numbers.
 */
import { digestSchema, signatureSchema, verifyCanonical } from "@rollcall/protocol";
import { z } from "zod";
import { type Link, nameOf } from "./chain.ts";

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
