/** What a transaction enters in the log of check-ins is read as it was entered, or not at all. */
import fc from "fast-check";
import t from "tap";
import { decodeEntry, encodeCheckIns, encodeEntry } from "./check-in-entries.ts";

const word = fc.nat({ max: 2 ** 32 - 1 });
const checkIns = fc.array(
  fc.record({
    installation: word,
    counter: word,
    mark: word,
    at: fc.nat({ max: 2 ** 45 }),
    intervalSeconds: fc.constantFrom(300, 3_607),
  }),
  { maxLength: 40 },
);
const gone = fc.array(word, { maxLength: 5 });

t.test("comes back whole, however far its times lie apart", async (t) => {
  fc.assert(
    fc.property(checkIns, gone, (checkIns, gone) => {
      t.same(decodeEntry(encodeEntry(encodeCheckIns(checkIns), gone)), { checkIns, gone });
    }),
    { numRuns: 200 },
  );
});

t.test("takes 16 bytes a check-in beside the entry's own 20", async (t) => {
  const of = (installation: number) => {
    return { installation, counter: 1, mark: 7, at: 1_795_000_000_000 - installation, intervalSeconds: 300 };
  };
  const count = 64;
  t.equal(encodeCheckIns(Array.from({ length: count }, (_, each) => of(each))).length, 20 + count * 16);
});

t.test("is refused when it was cut within a word or a check-in", async (t) => {
  fc.assert(
    fc.property(checkIns, gone, fc.nat(), (checkIns, gone, at) => {
      const whole = encodeEntry(encodeCheckIns(checkIns), gone);
      const length = at % whole.length;
      if (length % 4 === 0 && length >= encodeCheckIns(checkIns).length) return;
      t.throws(() => decodeEntry(whole.subarray(0, length)));
    }),
    { numRuns: 200 },
  );
});
