/** Messages with one member wrong at a time, and with anything at all in the place of one. */
import fc from "fast-check";
import type { z } from "zod";
import { anyCharacter } from "./any-character.ts";

/** For each member the values it may not have; `undefined` stands for its absence. */
export type WrongMembers = Readonly<Record<string, readonly unknown[]>>;

/** Those of the wrong members that the schema takes in an otherwise good message: none, when it is right. */
export function takenWrongly(schema: z.ZodType, good: object, wrong: WrongMembers): [string, unknown][] {
  return Object.entries(wrong).flatMap(([member, values]) =>
    values
      .filter((value) => schema.safeParse({ ...good, [member]: value }).success)
      .map((value): [string, unknown] => [member, value]),
  );
}

/** The message with any JSON in the place of some of its members, beside them or instead of it. */
export function garbled(good: object): fc.Arbitrary<unknown> {
  const json = fc.jsonValue({ stringUnit: anyCharacter, maxDepth: 3 });
  const names = fc.oneof(
    fc.constantFrom(...Object.keys(good), "__proto__"),
    fc.string({ unit: anyCharacter }),
  );
  const members = fc.array(fc.tuple(names, json), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    json,
    members.map((changes) => Object.fromEntries([...Object.entries(good), ...changes])),
  );
}
