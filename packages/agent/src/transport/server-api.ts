/** The requests of PROTOCOL.md as functions: what is sent, and the schema that each answer has to pass. */
import {
  type CheckInAnswer,
  type CheckInRequest,
  type ConsentAnswer,
  type ConsentRequest,
  canonicalBytes,
  checkInAnswer,
  compress,
  compressDcz,
  consentAnswer,
  dictionaryIdHeader,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentAnswer,
  makeProof,
  type ProofUse,
  type PublicKey,
  proofHeader,
  reprDigest,
  type SectionsAnswer,
  type SectionsRequest,
  type ServerAnswer,
  type SessionAnswer,
  type SigningKey,
  sectionsAnswer,
  serverAnswer,
  sessionAnswer,
  writeDictionaryId,
} from "@rollcall/protocol";
import type { z } from "zod";
import { ServerProblem } from "../agent-error.ts";
import { type Answer, type Connection, nonsense } from "./connection.ts";
import type { Request } from "./one-request.ts";

/** Who proves something to whom. */
interface Prover {
  readonly key: SigningKey;
  readonly nonce: string;
  readonly installation?: string;
}

/** A further proof of a request, on the same nonce. */
type OtherProof = Omit<Prover, "nonce"> & { readonly use: ProofUse };

/** Sections that the server acknowledged, by which a body is packed. */
export interface Dictionary {
  readonly names: readonly string[];
  readonly bytes: Uint8Array;
}

type Headers = Readonly<Record<string, string>>;
const json: Headers = { "content-type": "application/json" };
const authorization = (session: string): Headers => ({ authorization: `Bearer ${session}` });
const bearing = (session: string): Headers => ({ ...json, ...authorization(session) });

export class ServerApi {
  readonly #connection: Connection;
  /** The server's id, to which every proof is addressed. */
  readonly #server: PublicKey;

  constructor(connection: Connection, server: PublicKey) {
    this.#connection = connection;
    this.#server = server;
  }

  /** Who the server is, with a nonce for a proof. */
  async server(): Promise<{ readonly answer: ServerAnswer; readonly nonce: string }> {
    const { answer, nonce } = await this.#ask(serverAnswer, { method: "GET", path: "/v1/server" });
    if (nonce === null) throw nonsense(this.#connection.name, "no nonce");
    return { answer, nonce };
  }

  async enrol(request: EnrolmentRequest, prover: Prover): Promise<EnrolmentAnswer> {
    return this.#prove(enrolmentAnswer, "enrol", "/v1/enrolments", request, prover);
  }

  /** Enrols under a new key as the successor of an installation whose key is the other one. */
  async succeed(
    request: EnrolmentRequest,
    prover: Prover,
    old: Required<Omit<Prover, "nonce">>,
  ): Promise<EnrolmentAnswer> {
    const path = "/v1/enrolments";
    return this.#prove(enrolmentAnswer, "enrol", path, request, prover, { use: "succeed", ...old });
  }

  async newSession(installation: string, prover: Prover): Promise<SessionAnswer> {
    return this.#prove(
      sessionAnswer,
      "session",
      "/v1/sessions",
      { installation },
      { ...prover, installation },
    );
  }

  async checkIn(session: string, request: CheckInRequest, headers: Headers): Promise<CheckInAnswer> {
    const { answer } = await this.#ask(checkInAnswer, {
      method: "POST",
      path: "/v1/check-ins",
      headers: { ...bearing(session), ...headers },
      body: canonicalBytes(request),
    });
    return answer;
  }

  async putConsent(session: string, request: ConsentRequest): Promise<ConsentAnswer> {
    const { answer } = await this.#ask(consentAnswer, {
      method: "PUT",
      path: "/v1/consent",
      headers: bearing(session),
      body: canonicalBytes(request),
    });
    return answer;
  }

  /**
   * With a dictionary the body is packed as `dcz`, where that is shorter. No media type: the address says what the
   * body is, and 32 bytes are much of a small change.
   */
  async putSections(
    session: string,
    request: SectionsRequest,
    dictionary: Dictionary | null,
  ): Promise<SectionsAnswer> {
    const { body, headers } = packed(canonicalBytes(request), dictionary);
    const { answer } = await this.#ask(sectionsAnswer, {
      method: "PUT",
      path: "/v1/sections",
      headers: { ...authorization(session), ...headers, "repr-digest": reprDigest(body) },
      body,
    });
    return answer;
  }

  /** Sends a proof, and once more with the nonce of the answer when its own was used up or from before a restart. */
  async #prove<T>(
    schema: z.ZodType<T>,
    use: ProofUse,
    path: string,
    value: unknown,
    prover: Prover,
    ...others: readonly OtherProof[]
  ): Promise<T> {
    try {
      return await this.#proveOnce(schema, use, path, value, prover, others);
    } catch (error) {
      const nonce = error instanceof ServerProblem && error.is("nonce-invalid") ? error.facts.nonce : null;
      if (nonce == null) throw error;
      return this.#proveOnce(schema, use, path, value, { ...prover, nonce }, others);
    }
  }

  async #proveOnce<T>(
    schema: z.ZodType<T>,
    use: ProofUse,
    path: string,
    value: unknown,
    { nonce, ...prover }: Prover,
    others: readonly OtherProof[],
  ): Promise<T> {
    const body = canonicalBytes(value);
    const subject = { audience: this.#server, method: "POST", target: path, body, nonce } as const;
    const proofs = [{ use, ...prover }, ...others].map(({ key, ...stated }) =>
      makeProof(key, { ...subject, ...stated }),
    );
    const headers = { ...json, [proofHeader]: proofs.join(", ") };
    return (await this.#ask(schema, { method: "POST", path, headers, body })).answer;
  }

  async #ask<T>(
    schema: z.ZodType<T>,
    request: Request,
  ): Promise<{ readonly answer: T; readonly nonce: Answer["nonce"] }> {
    const { body, nonce } = await this.#connection.send(request);
    const result = schema.safeParse(body);
    if (!result.success)
      throw nonsense(this.#connection.name, `to ${request.method} ${request.path}`, result.error);
    return { answer: result.data, nonce };
  }
}

function packed(
  bytes: Uint8Array,
  dictionary: Dictionary | null,
): { readonly body: Uint8Array; readonly headers: Headers } {
  const alone = { body: compress(bytes), headers: { "content-encoding": "zstd" } };
  if (!dictionary) return alone;
  const body = compressDcz(bytes, dictionary.bytes);
  if (body.length >= alone.body.length) return alone;
  const { names } = dictionary;
  // One section alone is what a server tries first.
  const named = names.length === 1 ? {} : { [dictionaryIdHeader]: writeDictionaryId(names) };
  return { body, headers: { "content-encoding": "dcz", ...named } };
}
