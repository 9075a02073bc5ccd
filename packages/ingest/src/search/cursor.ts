/**
 * Cursors: where a page ended, bound to the question that it belongs to, good for some hours. They are sealed: a
 * position holds ordinals, and those would tell how many devices there are beside the ones that the caller may see.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import {
  canonicalBytes,
  parseJson,
  RollcallError,
  type SigningKey,
  signingKeyToPem,
} from "@rollcall/protocol";
import { z } from "zod";

const algorithm = "aes-256-gcm";
const bytesOf = { nonce: 12, tag: 16 } as const;
const options = { authTagLength: bytesOf.tag } as const;

/** Positions are padded to a multiple of this, for the length of a number tells its size. */
const padding = 128;

const cursorSchema = z.tuple([z.number(), z.unknown()]);

export class Cursors {
  readonly #key: Uint8Array;
  readonly #hours: number;

  /** Under a key derived from the server's identity: cursors outlive a restart. */
  constructor(identity: SigningKey, hours: number) {
    this.#hours = hours;
    this.#key = new Uint8Array(hkdfSync("sha256", signingKeyToPem(identity), "", "rollcall cursors", 32));
  }

  /** `question`: everything that decides what is listed and in which order, scope included. */
  write(question: unknown, position: unknown, now: number): string {
    const nonce = randomBytes(bytesOf.nonce);
    const cipher = createCipheriv(algorithm, this.#key, nonce, options).setAAD(canonicalBytes(question));
    const sealed = [cipher.update(padded(JSON.stringify([now, position]))), cipher.final()];
    return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString("base64url");
  }

  /** The position in a cursor. Throws `cursor-invalid` when it is none of ours, of another question or too old. */
  read<T>(cursor: string, question: unknown, position: z.ZodType<T>, now: number): T {
    try {
      const [at, value] = cursorSchema.parse(parseJson(this.#open(cursor, question)));
      if (now - at > this.#hours * 3_600_000) throw new Error("too old");
      return position.parse(value);
    } catch (cause) {
      throw new RollcallError("cursor-invalid", { cause });
    }
  }

  #open(cursor: string, question: unknown): Uint8Array {
    const bytes = Buffer.from(cursor, "base64url");
    if (bytes.toString("base64url") !== cursor) throw new Error("not base64url");
    const content = bytes.subarray(bytesOf.nonce, -bytesOf.tag);
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, bytesOf.nonce), options)
      .setAAD(canonicalBytes(question))
      .setAuthTag(bytes.subarray(-bytesOf.tag));
    return Buffer.concat([decipher.update(content), decipher.final()]);
  }
}

/** White space behind a JSON text is no part of it. */
function padded(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc(padding - (bytes.length % padding), " ")]);
}
