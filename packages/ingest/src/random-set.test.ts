/** A set of random values has exactly what was added to it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { knownBytes, RandomSet } from "./random-set.ts";

const value = (number: number) => createHash("sha256").update(String(number)).digest();

t.test("has what was added, and nothing else, while it grows", async (t) => {
  const set = new RandomSet();
  const wrong: number[] = [];
  for (let number = 0; number < 20_000; number++) {
    if (set.has(value(number))) wrong.push(number);
    set.add(value(number));
    set.add(value(number));
    if (!set.has(value(number))) wrong.push(number);
  }
  for (let number = 0; number < 40_000; number++)
    if (set.has(value(number)) !== number < 20_000) wrong.push(number);
  t.same(wrong, []);
});

t.test("knows values apart that would have the same place", async () => {
  // The first four bytes are the place; there are more values than places.
  const close = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.integer({ min: 1, max: 3 })), { maxLength: 40 });
  fc.assert(
    fc.property(close, close, (added, asked) => {
      const [set, model] = [new RandomSet(), new Set<string>()];
      const bytes = (parts: readonly number[]) => {
        const value = Buffer.alloc(knownBytes + 3, 9);
        for (const [at, part] of parts.entries()) value.writeUInt32BE(part, 4 * at);
        return value;
      };
      for (const parts of added) {
        set.add(bytes(parts));
        model.add(parts.join());
      }
      return [...added, ...asked].every((parts) => set.has(bytes(parts)) === model.has(parts.join()));
    }),
  );
});

t.test("refuses what is too short to be known by", async (t) => {
  t.throws(() => new RandomSet().add(Buffer.alloc(knownBytes - 1)), { message: /12 bytes or more/ });
});
