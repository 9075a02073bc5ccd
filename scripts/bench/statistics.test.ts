/** The numbers of all benches: what a median is, and that sides really take turns. */
import fc from "fast-check";
import t from "tap";
import { leastSamples, median, quantile, takeTurns } from "./statistics.ts";

t.test("takes the middle of an odd number of values, and half way between two of an even one", async (t) => {
  t.equal(median([3]), 3);
  t.equal(median([10, 9, 1]), 9);
  t.equal(median([100, 2, 1, 4]), 3);
  t.equal(median([-1, 0.5, 1e9, 0.5, 7]), 0.5);
  t.throws(() => median([]), { message: /no values/ });
});

t.test("goes by value, not by the order of the samples or by their digits", async () => {
  const samples = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, part) => {
      const given = [...values];
      const found = quantile(values, part);
      const atMost = values.filter((value) => value <= found + 1e-3).length;
      const atLeast = values.filter((value) => value >= found - 1e-3).length;
      const rank = part * (values.length - 1);
      return (
        atMost >= Math.floor(rank) + 1 &&
        atLeast >= values.length - Math.ceil(rank) &&
        values.every((value, index) => Object.is(value, given[index]))
      );
    }),
    { numRuns: 200 },
  );
});

t.test("finds the ends and what lies between in proportion", async (t) => {
  const values = [5, 1, 4, 2, 3];
  t.same(
    [0, 0.25, 0.5, 0.99, 1].map((part) => Number(quantile(values, part).toFixed(6))),
    [1, 2, 3, 4.96, 5],
  );
});

/** Two sides that tell when they are called. */
function sides() {
  const calls: string[] = [];
  const side = (name: string) => async () => `${name}${calls.push(name)}`;
  return { calls, sides: { ours: side("o"), baseline: side("b") } };
}

t.test("lets sides take turns, and does not count the first, which warms up", async (t) => {
  const { calls, sides: both } = sides();
  const told: unknown[] = [];
  const turns = await takeTurns(both, {
    isEnough: (turns) => turns >= 6,
    onTurn: (number, turn) => told.push([number, turn]),
  });
  t.equal(calls.join(""), "ob".repeat(7));
  t.same(
    turns,
    [3, 5, 7, 9, 11, 13].map((call) => ({ ours: `o${call}`, baseline: `b${call + 1}` })),
  );
  t.same(
    told,
    turns.map((turn, index) => [index + 1, turn]),
  );
});

t.test("takes enough samples for a median, however soon it is to be enough", async (t) => {
  const turns = await takeTurns(sides().sides, { isEnough: () => true, onTurn: () => {} });
  t.equal(turns.length, leastSamples);
});
