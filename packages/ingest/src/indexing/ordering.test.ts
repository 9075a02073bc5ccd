/** The order of texts, and the range of those with one beginning, against bytes and beginnings. */
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { compareValues } from "./ordering.ts";
import { textsFrom } from "./text-range.ts";

const text = fc.string({
  unit: fc.constantFrom("a", "\u007f", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"),
  maxLength: 4,
});

t.test("holds exactly the texts that begin so", async () => {
  fc.assert(
    fc.property(text, text, (beginning, other) => {
      const [from, behind] = textsFrom(beginning);
      const isWithin =
        compareValues(other, from) >= 0 && (behind === null || compareValues(other, behind) < 0);
      assert.equal(isWithin, other.startsWith(beginning));
    }),
    { numRuns: 2_000 },
  );
});

t.test("orders texts as their bytes are", async () => {
  const sign = (order: number) => Math.sign(order);
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(sign(compareValues(a, b)), sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { numRuns: 2_000 },
  );
});
