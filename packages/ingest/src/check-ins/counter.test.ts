/** What a counter and a nonce say about who sends. */
import { limits } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { judgeCounter } from "./counter.ts";

const known = { counter: 7, nonce: "a", at: 1_000_000 };
const farthest = 7 + limits.counterJump;

t.test("judges every relation to the latest check-in, long after it", async (t) => {
  const cases = [
    [{ counter: 7, nonce: "a" }, "repeat"],
    [{ counter: 7, nonce: "b" }, "copy"],
    [{ counter: 6, nonce: "a" }, "copy"],
    [{ counter: 6, nonce: "b" }, "copy"],
    [{ counter: 1, nonce: "a" }, "copy"],
    [{ counter: 8, nonce: "b" }, "next"],
    [{ counter: 8, nonce: "a" }, "next"],
    [{ counter: 9, nonce: "b" }, "next"],
    [{ counter: farthest, nonce: "b" }, "next"],
    [{ counter: farthest + 1, nonce: "b" }, "jump"],
    [{ counter: Number.MAX_SAFE_INTEGER, nonce: "b" }, "jump"],
  ] as const;
  for (const [sent, judgement] of cases)
    t.equal(judgeCounter(known, { ...sent, at: known.at + 60_001 }), judgement, JSON.stringify(sent));
});

t.test(
  "takes a lower counter within a minute for one that was overtaken, and no other for that",
  async (t) => {
    const judged = (counter: number, nonce: string, after: number) =>
      judgeCounter(known, { counter, nonce, at: known.at + after });
    for (const after of [0, 1, 60_000, -60_000])
      t.same(
        [judged(6, "b", after), judged(1, "a", after), judged(7, "b", after), judged(7, "a", after)],
        ["late", "late", "copy", "repeat"],
        `${after}`,
      );
    t.same(
      [60_001, -60_001, 1e12].map((after) => judged(6, "b", after)),
      ["copy", "copy", "copy"],
    );
  },
);

t.test("takes any counter up to the farthest as the first", async (t) => {
  const first = { counter: 0, nonce: null, at: null };
  t.same(
    [1, 2, limits.counterJump, limits.counterJump + 1].map((counter) =>
      judgeCounter(first, { counter, nonce: "a", at: 5 }),
    ),
    ["next", "next", "next", "jump"],
  );
});

t.test("lets nothing pass as the next that is not higher, whatever the nonces", async () => {
  const counter = fc.integer({ min: 1, max: 3 * limits.counterJump });
  const nonce = fc.constantFrom("a", "b");
  fc.assert(
    fc.property(counter, nonce, counter, nonce, fc.nat(), (at, nonceThen, sent, nonceNow, after) => {
      const then = { counter: at, nonce: nonceThen, at: 0 };
      const judgement = judgeCounter(then, { counter: sent, nonce: nonceNow, at: after });
      return (
        (judgement === "next") === (sent > at && sent <= at + limits.counterJump) &&
        (judgement === "repeat") === (sent === at && nonceNow === nonceThen)
      );
    }),
  );
});
