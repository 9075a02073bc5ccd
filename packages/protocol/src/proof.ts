/**
 * The one proof: a device's signature that says for what use, for which server, for which request and on which
 * nonce it was made. Header `Rollcall-Proof: base64url(JCS).base64url(signature)`.
 */
import { z } from "zod";
import { digestOfBytes, digestSchema } from "./digest.ts";
import { installationIdSchema } from "./identifier.ts";
import { canonicalBytes, parseCanonical } from "./json.ts";
import { type PublicKey, publicKeySchema, type SigningKey, signCanonical, verifyBytes } from "./keys.ts";
import { RollcallError } from "./problem.ts";

export const proofHeader = "rollcall-proof";
export const nonceHeader = "rollcall-nonce";

/** What a device's signature may be for; what the server signs has uses of its own. */
export const proofUses = ["enrol", "session", "succeed", "me"] as const;
export type ProofUse = (typeof proofUses)[number];

const proofStatement = z.strictObject({
  use: z.enum(proofUses),
  audience: publicKeySchema,
  installation: installationIdSchema.optional(),
  method: z.enum(["GET", "POST", "PUT", "DELETE", "PATCH"]),
  target: z.string().max(2_048),
  bodyDigest: digestSchema,
  nonce: z.string().max(128),
});
export type ProofStatement = z.infer<typeof proofStatement>;

/** What is proved about, with the request's body instead of its digest. */
export interface ProofSubject {
  readonly use: ProofUse;
  /** The server's id. */
  readonly audience: PublicKey;
  readonly installation?: string;
  readonly method: ProofStatement["method"];
  /** Path and query of the request. */
  readonly target: string;
  readonly body: Uint8Array;
  readonly nonce: string;
}

/** The header's value. */
export function makeProof(key: SigningKey, { body, ...rest }: ProofSubject): string {
  const statement = { ...rest, bodyDigest: digestOfBytes(body) };
  return `${Buffer.from(canonicalBytes(statement)).toString("base64url")}.${signCanonical(key, statement)}`;
}

const longestProof = 4_096;

/** The statement in a header, its signature not yet looked at. Throws `proof-invalid`. */
export function readProof(header: string): {
  statement: ProofStatement;
  bytes: Uint8Array;
  signature: string;
} {
  const [encoded = "", signature = "", ...rest] = header.length > longestProof ? [] : header.split(".");
  const bytes = Buffer.from(encoded, "base64url");
  try {
    if (rest.length > 0 || bytes.toString("base64url") !== encoded)
      throw new Error("not base64url in two parts");
    return { statement: proofStatement.parse(parseCanonical(bytes)), bytes, signature };
  } catch (cause) {
    throw new RollcallError("proof-invalid", { detail: "The proof cannot be read.", cause });
  }
}

/** What the receiver of a request knows about it, apart from the nonce, which it checks against its own. */
export type ExpectedProof = Omit<ProofSubject, "nonce">;

/**
 * Checks a proof against the request it came with and returns its nonce, which the caller has yet to spend.
 * Throws `proof-invalid` naming the part that does not fit.
 */
export function verifyProof(header: string, publicKey: PublicKey, expected: ExpectedProof): string {
  const { statement, bytes, signature } = readProof(header);
  const { body, ...rest } = expected;
  const facts = { ...rest, bodyDigest: digestOfBytes(body) };
  for (const name of ["use", "audience", "installation", "method", "target", "bodyDigest"] as const) {
    if (statement[name] !== facts[name])
      throw new RollcallError("proof-invalid", { detail: `The proof was made for another ${name}.` });
  }
  if (!verifyBytes(publicKey, bytes, signature))
    throw new RollcallError("proof-invalid", { detail: "The signature does not fit the key." });
  return statement.nonce;
}
