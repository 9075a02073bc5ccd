/** The one proof, as the server demands it of a request: for this use, this request, this server, on a nonce of its own. */
import { type ProofUse, type PublicKey, proofHeader, RollcallError, verifyProof } from "@rollcall/protocol";
import type { Incoming } from "../http/route.ts";
import type { Services } from "../services.ts";

type Proved = Pick<Incoming<unknown, unknown>, "method" | "target" | "bytes" | "header">;

interface Demanded {
  readonly use: ProofUse;
  /** The key that the signature has to fit. */
  readonly key: PublicKey;
  readonly installation?: string;
}

/** The proof's header, its form not looked at yet. */
export function proofIn({ header }: Pick<Proved, "header">): string {
  const proof = header(proofHeader);
  if (proof !== undefined) return proof;
  throw new RollcallError("proof-invalid", { detail: "The request carries no Rollcall-Proof." });
}

/**
 * Checks the proofs of a request, one for each that is demanded and in their order, and spends their nonces; proofs
 * of one request may share one.
 */
export function demandProof(
  { keys, nonces }: Pick<Services, "keys" | "nonces">,
  incoming: Proved,
  ...demanded: readonly Demanded[]
): void {
  const { method, target, bytes: body } = incoming;
  const audience = keys.identity.publicKey;
  const proofs = proofsIn(incoming, demanded);
  const spent = demanded.map(({ key, ...stated }, index) =>
    verifyProof(proofs[index] ?? "", key, { ...stated, audience, method, target, body }),
  );
  for (const nonce of new Set(spent)) nonces.spend(nonce);
}

function proofsIn(incoming: Proved, demanded: readonly Demanded[]): readonly string[] {
  const header = proofIn(incoming);
  if (demanded.length === 1) return [header];
  // A header that came twice is joined by a comma, which no proof holds (RFC 9110, 5.3).
  const proofs = header.split(/[ \t]*,[ \t]*/);
  if (proofs.length === demanded.length) return proofs;
  throw new RollcallError("proof-invalid", {
    detail: `The request needs ${demanded.length} proofs: ${demanded.map(({ use }) => use).join(", ")}.`,
  });
}
