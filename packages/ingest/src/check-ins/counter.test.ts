/** What a counter and a nonce say about who sends. */
import { limits } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { judgeCounter } from "./counter.ts";

const known = { counter: 7, nonce: "a" };
const farthest = 7 + limits.counterJump;

t.test("judges every relation to the latest check-in", async (t) => {
  const cases = [
    [{ counter: 7, nonce: "a" }, "repeat"],
    [{ counter: 7, nonce: "b" }, "other"],
    [{ counter: 6, nonce: "a" }, "other"],
    [{ counter: 6, nonce: "b" }, "other"],
    [{ counter: 1, nonce: "a" }, "other"],
    [{ counter: 8, nonce: "b" }, "next"],
    [{ counter: 8, nonce: "a" }, "next"],
    [{ counter: 9, nonce: "b" }, "next"],
    [{ counter: farthest, nonce: "b" }, "next"],
    [{ counter: farthest + 1, nonce: "b" }, "jump"],
    [{ counter: Number.MAX_SAFE_INTEGER, nonce: "b" }, "jump"],
  ] as const;
  for (const [sent, judgement] of cases) t.equal(judgeCounter(known, sent), judgement, JSON.stringify(sent));
});

t.test("takes any counter up to the farthest as the first", async (t) => {
  const first = { counter: 0, nonce: null };
  t.same(
    [1, 2, limits.counterJump, limits.counterJump + 1].map((counter) =>
      judgeCounter(first, { counter, nonce: "a" }),
    ),
    ["next", "next", "next", "jump"],
  );
});

t.test("lets nothing pass as the next that is not higher, whatever the nonces", async () => {
  const counter = fc.integer({ min: 1, max: 3 * limits.counterJump });
  const nonce = fc.constantFrom("a", "b");
  fc.assert(
    fc.property(counter, nonce, counter, nonce, (at, nonceThen, sent, nonceNow) => {
      const judgement = judgeCounter({ counter: at, nonce: nonceThen }, { counter: sent, nonce: nonceNow });
      return (
        (judgement === "next") === (sent > at && sent <= at + limits.counterJump) &&
        (judgement === "repeat") === (sent === at && nonceNow === nonceThen)
      );
    }),
  );
});
