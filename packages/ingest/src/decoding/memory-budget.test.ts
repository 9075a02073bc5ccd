/** The memory budget: one for all, and every lease gives back what it took. */
import fc from "fast-check";
import t from "tap";
import { MemoryBudget } from "./memory-budget.ts";

t.test("lets all leases together take as much as there is, and no more", async (t) => {
  const budget = new MemoryBudget(100);
  const [one, other] = [budget.lease(), budget.lease()];
  one.take(60);
  other.take(40);
  t.throws(() => other.take(1), { code: "busy" });
  one.give(10);
  other.take(10);
  t.equal(budget.inUse, 100);
  one.release();
  one.release();
  t.equal(budget.inUse, 50);
  other.release();
  t.same([budget.inUse, budget.peak], [0, 100]);
});

t.test("asks whom it turns away to come again, not all at once", async (t) => {
  const lease = new MemoryBudget(1).lease();
  const waits = Array.from({ length: 200 }, () => {
    try {
      lease.take(2);
      return 0;
    } catch (error) {
      return Number(Object(error).facts.retryAfterSeconds);
    }
  });
  t.ok(waits.every((seconds) => seconds >= 10 && seconds <= 60));
  t.ok(new Set(waits).size > 10);
});

t.test("is empty when every lease is released, whatever they did", async () => {
  const step = fc.record({ lease: fc.nat(3), take: fc.boolean(), bytes: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const budget = new MemoryBudget(100);
      const leases = Array.from({ length: 4 }, () => budget.lease());
      for (const { lease, take, bytes } of steps) {
        try {
          leases[lease]?.[take ? "take" : "give"](bytes);
        } catch {}
        if (budget.inUse < 0 || budget.inUse > 100) return false;
      }
      for (const lease of leases) lease.release();
      return budget.inUse === 0 && budget.peak <= 100;
    }),
  );
});
