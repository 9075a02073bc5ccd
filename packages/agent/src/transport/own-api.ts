/** `/v1/me…` as functions: what the person at the device asks of the server, each request proved with the device's key. */
import {
  type CorrectionAnswer,
  type CorrectionRequest,
  canonicalBytes,
  correctionAnswer,
  type DeletionAnswer,
  deletionAnswer,
  type LookupsAnswer,
  limits,
  lookupsAnswer,
  makeProof,
  proofHeader,
  type ReceiptsAnswer,
  receiptsAnswer,
  type SigningKey,
} from "@rollcall/protocol";
import type { z } from "zod";
import { ServerProblem } from "../agent-error.ts";
import { announcedBy } from "../check-in/announced.ts";
import type { Installation } from "../state/files.ts";
import { type Answer, type Connection, nonsense } from "./connection.ts";
import { ServerApi } from "./server-api.ts";

interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly value?: unknown;
  /** The answer is taken as it is, of at most so many bytes. */
  readonly download?: number;
}

export class OwnApi {
  readonly #connection: Connection;
  readonly #installation: Pick<Installation, "server" | "installation">;
  readonly #key: SigningKey;
  /** The keys that the server vouched for when it was asked last; `withAnnounced` takes them over. */
  announced: readonly unknown[] = [];

  constructor(
    connection: Connection,
    installation: Pick<Installation, "server" | "installation">,
    key: SigningKey,
  ) {
    this.#connection = connection;
    this.#installation = installation;
    this.#key = key;
  }

  /** Everything that the server stores, as the JSON that it sent. */
  async export(): Promise<Uint8Array> {
    const asked = { method: "GET", path: "/v1/me/export", download: limits.exportAnswer } as const;
    return (await this.#proved(asked)).bytes;
  }

  lookups(): Promise<LookupsAnswer> {
    return this.#ask(lookupsAnswer, { method: "GET", path: "/v1/me/lookups" });
  }

  receipts(): Promise<ReceiptsAnswer> {
    return this.#ask(receiptsAnswer, { method: "GET", path: "/v1/me/receipts" });
  }

  correct(value: CorrectionRequest): Promise<CorrectionAnswer> {
    return this.#ask(correctionAnswer, { method: "POST", path: "/v1/me/correct", value });
  }

  delete(): Promise<DeletionAnswer> {
    return this.#ask(deletionAnswer, { method: "POST", path: "/v1/me/delete", value: {} });
  }

  async #ask<T>(schema: z.ZodType<T>, asked: Asked): Promise<T> {
    const result = schema.safeParse((await this.#proved(asked)).body);
    if (result.success) return result.data;
    throw nonsense(this.#connection.name, `to ${asked.method} ${asked.path}`, result.error);
  }

  /** With a nonce of the server's, and once more with the one of its answer when that was used up meanwhile. */
  async #proved(asked: Asked): Promise<Answer> {
    const { answer, nonce } = await new ServerApi(this.#connection, this.#installation.server).server();
    this.announced = announcedBy(answer);
    try {
      return await this.#send(asked, nonce);
    } catch (error) {
      const fresh = error instanceof ServerProblem && error.is("nonce-invalid") ? error.facts.nonce : null;
      if (fresh === null) throw error;
      return this.#send(asked, fresh);
    }
  }

  #send({ method, path, value, download }: Asked, nonce: string): Promise<Answer> {
    const { server: audience, installation } = this.#installation;
    const body = value === undefined ? new Uint8Array() : canonicalBytes(value);
    const subject = { use: "me", audience, installation, method, target: path, body, nonce } as const;
    const headers = { [proofHeader]: makeProof(this.#key, subject) };
    return this.#connection.send({
      method,
      path,
      ...(download === undefined ? {} : { download }),
      ...(value === undefined
        ? { headers }
        : { headers: { ...headers, "content-type": "application/json" }, body }),
    });
  }
}
