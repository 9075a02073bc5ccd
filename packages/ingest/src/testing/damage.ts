/** Random damage to what a decoder takes: a valid value with junk in some of its places, or bytes that are not what they were. */
import { canonicalBytes } from "@rollcall/protocol";
import fc from "fast-check";

/** What happens at one place of a value, counted from its root. */
export interface Damage {
  readonly place: number;
  readonly how: "replaced" | "removed" | "joined" | "doubled" | "wrapped";
  readonly junk: unknown;
}

/** Values that decoders stumble over, besides arbitrary ones. */
const pitfalls = fc.constantFrom<unknown>(
  null,
  true,
  "",
  "\0",
  "\ud800",
  "__proto__",
  "constructor",
  "a".repeat(5_000),
  -1,
  -0,
  0.5,
  2 ** 53,
  1e300,
  [],
  {},
  [[]],
  { toString: 1, length: -1 },
);

/** Any UTF-16, lone surrogates too. */
const units = fc.array(fc.nat(0xffff), { maxLength: 8 }).map((codes) => String.fromCharCode(...codes));

const damage: fc.Arbitrary<Damage> = fc.record({
  place: fc.nat(10_000),
  how: fc.constantFrom("replaced", "removed", "joined", "doubled", "wrapped"),
  junk: fc.oneof(pitfalls, fc.jsonValue(), units),
});

/** One to three damages, done to a value by `damagedBytes`. */
export const damages: fc.Arbitrary<Damage[]> = fc.array(damage, { minLength: 1, maxLength: 3 });

/** The value after these damages, in their order. */
function damaged(value: unknown, done: readonly Damage[]): unknown {
  return done.reduce<unknown>((current, { place, how, junk }) => {
    let left = place % countPlaces(current);
    const visit = (here: unknown): unknown => {
      if (left-- === 0) return changed(here, how, junk);
      if (Array.isArray(here)) return here.flatMap((item) => visited(visit(item)));
      if (typeof here !== "object" || here === null) return here;
      return Object.fromEntries(
        Object.entries(here).flatMap(([name, member]) => visited(visit(member)).map((kept) => [name, kept])),
      );
    };
    return visit(current);
  }, value);
}

const removed = Symbol("removed");
const visited = (value: unknown): unknown[] => (value === removed ? [] : [value]);

function countPlaces(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, member) => sum + countPlaces(member), 1);
}

function changed(here: unknown, how: Damage["how"], junk: unknown): unknown {
  if (how === "removed") return removed;
  if (how === "wrapped") return [here];
  if (how === "replaced" || typeof here !== "object" || here === null) return junk;
  if (Array.isArray(here)) return how === "doubled" ? [...here, ...here] : [...here, junk];
  const [name = "extra"] = how === "joined" && typeof junk === "string" ? [junk] : [];
  return Object.fromEntries([...Object.entries(here), [name, junk]]);
}

/** A damaged value as bytes: canonical where it can be, so that it gets past that demand. */
export function damagedBytes(value: unknown, done: readonly Damage[]): Uint8Array {
  const result = damaged(value, done);
  if (result === removed) return new Uint8Array();
  try {
    return canonicalBytes(result);
  } catch {
    return Buffer.from(JSON.stringify(result));
  }
}

/** What happens to bytes: some are overwritten, and the rest is perhaps cut off. */
export interface ByteDamage {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly cut: boolean;
}

export const byteDamage: fc.Arbitrary<ByteDamage> = fc.record({
  at: fc.nat(100_000),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  cut: fc.boolean(),
});

export function overwritten(bytes: Uint8Array, { at, bytes: junk, cut }: ByteDamage): Uint8Array {
  const position = at % Math.max(1, bytes.length);
  const head = bytes.subarray(0, position);
  return Buffer.concat([head, junk, cut ? new Uint8Array() : bytes.subarray(position + junk.length)]);
}
