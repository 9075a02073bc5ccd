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

/** Checks the proof of a request and spends its nonce. */
export function demandProof(
  { keys, nonces }: Pick<Services, "keys" | "nonces">,
  incoming: Proved,
  { key, ...stated }: Demanded,
): void {
  const { method, target, bytes: body } = incoming;
  const audience = keys.identity.publicKey;
  nonces.spend(verifyProof(proofIn(incoming), key, { ...stated, audience, method, target, body }));
}
