/** Nonces: good for five minutes and once, whatever the clock does. */
import { problems } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { Nonces } from "./nonces.ts";

const minute = 60_000;

/** Nonces on a clock that the test turns. */
function nonces(at: number) {
  const clock = { now: at };
  const kept = new Nonces(() => clock.now);
  const spend = (nonce: string): boolean => {
    try {
      kept.spend(nonce);
      return true;
    } catch (error) {
      if (error instanceof Error && error.message === problems["nonce-invalid"].title) return false;
      throw error;
    }
  };
  return { clock, give: () => kept.give(), spend };
}

t.test("is good for five minutes and not longer", async (t) => {
  const { clock, give, spend } = nonces(7 * minute);
  const [first, second] = [give(), give()];
  clock.now += 5 * minute;
  t.ok(spend(first));
  clock.now += 1;
  t.notOk(spend(second));
});

t.test("is not good before it was given, as after a clock was set back", async (t) => {
  const { clock, give, spend } = nonces(7 * minute);
  const nonce = give();
  clock.now -= 1;
  t.notOk(spend(nonce));
});

t.test("is good once, also when the clock is set back and goes on from there", async () => {
  const times = fc.record({
    start: fc.nat(10 * minute),
    wait: fc.nat(5 * minute),
    back: fc.nat(20 * minute),
    steps: fc.array(fc.nat(6 * minute), { maxLength: 8 }),
  });
  fc.assert(
    fc.property(times, ({ start, wait, back, steps }) => {
      const { clock, give, spend } = nonces(1_000 * minute + start);
      const nonce = give();
      clock.now += wait;
      const taken = [spend(nonce)];
      for (const step of [-back, ...steps]) {
        clock.now += step;
        spend(give());
        taken.push(spend(nonce));
      }
      return taken[0] === true && !taken.slice(1).includes(true);
    }),
    { numRuns: 500 },
  );
});

t.test("is nobody else's to make", async () => {
  const { give, spend } = nonces(minute);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !spend(text)));
  fc.assert(
    fc.property(fc.nat(31), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(give(), "base64url");
      bytes[at] = (bytes[at] ?? 0) ^ change;
      return !spend(bytes.toString("base64url")) && !spend(`${give()}=`);
    }),
  );
  const other = nonces(minute);
  fc.assert(fc.property(fc.constant(null), () => !spend(other.give())));
});
