/** Cursors: where a page ended, bound to the question that it belongs to, good for 24 hours. */
import { digestOf, parseJson, RollcallError } from "@rollcall/protocol";
import { z } from "zod";

const lifetime = 24 * 3_600_000;

const cursorSchema = z.tuple([z.string(), z.number(), z.unknown()]);

/** `question`: everything that decides what is listed and in which order, scope included. */
export function writeCursor(question: unknown, position: unknown, now: number): string {
  return Buffer.from(JSON.stringify([digestOf(question), now, position])).toString("base64url");
}

/** The position in a cursor. Throws `cursor-invalid` when it is of another question or too old. */
export function readCursor<T>(cursor: string, question: unknown, position: z.ZodType<T>, now: number): T {
  try {
    const [digest, at, value] = cursorSchema.parse(parseJson(Buffer.from(cursor, "base64url")));
    if (digest !== digestOf(question) || now - at > lifetime)
      throw new Error("of another question, or too old");
    return position.parse(value);
  } catch (cause) {
    throw new RollcallError("cursor-invalid", { cause });
  }
}
