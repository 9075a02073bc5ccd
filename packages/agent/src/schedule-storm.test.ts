/** Ten thousand schedules under one clock: a fleet must not answer the end of an outage all at once. */
import t from "tap";
import { afterAnswer, afterSilence, firstSchedule, type Instant, type Schedule } from "./schedule.ts";

const agents = 10_000;
const second = 1_000;
const hour = 3_600 * second;
const week = 7 * 24 * hour;
const began = Date.UTC(2026, 0, 5);

/** Numbers that are the same in each run (a linear congruential generator, of which the high bits are used). */
function seeded(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 33n) / 2 ** 31;
  };
}

interface Outage {
  readonly from: Instant;
  readonly to: Instant;
}

/** Every attempt from `since` to `until`, as a time each; the server is silent during the outage. */
function attempts(
  { from, to }: Outage,
  { since, until }: { readonly since: Instant; readonly until: Instant },
  intervalSeconds: number,
): readonly Instant[] {
  const random = seeded(20_260_105);
  const times: Instant[] = [];
  for (let agent = 0; agent < agents; agent++) {
    let plan: Schedule = firstSchedule(began + random() * 60 * second, intervalSeconds, random);
    while (plan.nextAt < until) {
      const now = plan.nextAt;
      if (now >= since) times.push(now);
      plan =
        now >= from && now < to
          ? afterSilence(plan, { now, random })
          : afterAnswer(plan, { now, random, intervalSeconds });
    }
  }
  return times;
}

/** Attempts in the busiest ten seconds of a time, and in ten seconds of it on average. */
function load(times: readonly Instant[], from: Instant, to: Instant): { most: number; mean: number } {
  const within = Float64Array.from(times.filter((time) => time >= from && time < to)).sort();
  let most = 0;
  for (let first = 0, last = 0; last < within.length; last++) {
    while ((within[last] ?? 0) - (within[first] ?? 0) >= 10 * second) first++;
    most = Math.max(most, last - first + 1);
  }
  return { most, mean: (within.length * 10 * second) / (to - from) };
}

for (const intervalSeconds of [3_607, 600]) {
  t.test(
    `comes back from a long silence without a storm, checking in every ${intervalSeconds} s`,
    async (t) => {
      const outage = {
        from: began + 24 * hour,
        to: began + 24 * hour + (intervalSeconds < 1_000 ? week / 7 : week),
      };
      const until = outage.to + 6 * hour;
      const times = attempts(outage, { since: outage.to, until }, intervalSeconds);
      // The busiest moment is the first after the return; the mean is that of an hour in which all is well.
      const { mean } = load(times, outage.to + 3 * hour, until);
      const { most } = load(times, outage.to, until);
      t.ok(most <= 3 * mean, `${most} attempts in the busiest ten seconds, ${mean} on average`);
      t.comment(`${most} attempts in the busiest ten seconds, ${mean} on average`);
    },
  );
}

t.test("spreads a fleet that enrolled within a minute over the interval", async (t) => {
  const never = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const [since, until] = [began + 2 * hour, began + 12 * hour];
  const { most, mean } = load(attempts(never, { since, until }, 3_607), since, until);
  t.ok(most <= 3 * mean, `${most} attempts in the busiest ten seconds, ${mean} on average`);
});
