/** Timing as properties, for every interval, moment and chance. */
import assert from "node:assert/strict";
import { defaultIntervalSeconds, intervalBounds } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import {
  afterAnswer,
  afterSilence,
  clampInterval,
  firstSchedule,
  interval,
  isDue,
  retryHeaders,
  type Schedule,
} from "./schedule.ts";

const seconds = fc.integer({ min: interval.least, max: interval.most });
const moment = fc.integer({ min: 1_500_000_000_000, max: 4_000_000_000_000 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const chances = fc.array(chance, { minLength: 4, maxLength: 4 });
const from = (values: readonly number[]) => {
  let at = 0;
  return () => values[at++ % values.length] ?? 0;
};
const schedule = fc
  .tuple(moment, seconds, chance)
  .map(([now, length, phase]) => firstSchedule(now, length, () => phase));

t.test("goes by the bounds of the wire", async (t) => {
  t.same(interval, { ...intervalBounds, usual: defaultIntervalSeconds });
});

t.test("makes of any interval one within the bounds", async () => {
  fc.assert(
    fc.property(fc.double(), (named) => {
      const clamped = clampInterval(named);
      return Number.isInteger(clamped) && clamped >= interval.least && clamped <= interval.most;
    }),
  );
});

t.test("is due at once after enrolment", async () => {
  fc.assert(fc.property(schedule, (first) => isDue(first, first.plannedAt)));
});

t.test("plans the next check-in within an interval and a fifth, never in the past", async () => {
  fc.assert(
    fc.property(schedule, moment, seconds, chances, (before, now, intervalSeconds, values) => {
      const { nextAt } = afterAnswer(before, { now, random: from(values), intervalSeconds });
      return nextAt > now && nextAt <= now + intervalSeconds * 1_200;
    }),
  );
});

t.test("meets the device's own phase unless put off", async () => {
  fc.assert(
    fc.property(schedule, moment, fc.nat(10), (before, now, rounds) => {
      const answered = (plan: Schedule, at: number) =>
        afterAnswer(plan, { now: at, random: () => 0.9, intervalSeconds: before.intervalSeconds });
      let plan = answered(before, now);
      const length = before.intervalSeconds * 1_000;
      for (let round = 0; round < rounds; round++) plan = answered(plan, plan.nextAt + 1_234);
      return plan.nextAt % length === Math.floor(before.phase * length);
    }),
  );
});

t.test("lets an answer hurry it to 30 seconds for 15 minutes in 24 hours, and no more", async () => {
  fc.assert(
    fc.property(schedule, moment, fc.integer({ min: -10, max: 299 }), (before, now, named) => {
      const random = () => 0.9;
      const [day, quarter] = [86_400_000, 900_000];
      let plan = before;
      let at = now;
      const hurried: number[] = [];
      while (at < now + 2 * day) {
        plan = afterAnswer(plan, { now: at, random, intervalSeconds: named });
        if (plan.nextAt - at < 300_000 && plan.hurriedSince !== null && at - plan.hurriedSince < quarter)
          hurried.push(at);
        at = plan.nextAt;
      }
      const ends = hurried.filter((each) => each < now + day);
      const fits = ends.length === 0 || (ends.at(-1) ?? 0) - now < quarter;
      return plan.intervalSeconds === 300 && fits && (named >= 30 || plan.hurriedSince === null);
    }),
    { numRuns: 30 },
  );
  const first = firstSchedule(0, 3_607, () => 0);
  const hurry = (before: Schedule, now: number) =>
    afterAnswer(before, { now, random: () => 0.9, intervalSeconds: 30 });
  let plan = hurry(first, 1_000);
  let count = 0;
  for (; plan.nextAt - plan.plannedAt <= 30_000; count++) plan = hurry(plan, plan.nextAt);
  assert.equal(count, 30);
  assert.equal(hurry(plan, 86_401_000).nextAt, 86_430_000);
});

t.test("puts one in five off, by up to a fifth of the interval", async () => {
  fc.assert(
    fc.property(schedule, moment, chance, chance, (before, now, first, second) => {
      const plan = (values: number[]) =>
        afterAnswer(before, { now, random: from(values), intervalSeconds: before.intervalSeconds }).nextAt;
      const later = plan([first, second]) - plan([0.99, second]);
      return first < 0.2 ? later === Math.floor(second * before.intervalSeconds * 200) : later === 0;
    }),
  );
});

t.test("spreads a fleet that enrolled in one moment", async (t) => {
  const now = 1_800_000_000_000;
  const places = Array.from({ length: 100 }, (_, index) => {
    const first = firstSchedule(now, 3_607, () => index / 100);
    return afterAnswer(first, { now, random: () => 0.9, intervalSeconds: 3_607 }).nextAt;
  });
  t.equal(new Set(places).size, 100);
  t.ok(Math.max(...places) - Math.min(...places) > 3_500_000);
});

t.test("waits as long as the server asks, up to a day", async () => {
  fc.assert(
    fc.property(schedule, moment, fc.nat(1_000_000_000), (before, now, retryAfterSeconds) => {
      const { nextAt } = afterAnswer(before, { now, random: () => 0.5, retryAfterSeconds });
      return nextAt === now + Math.min(Math.max(retryAfterSeconds, 30), 86_400) * 1_000;
    }),
  );
});

t.test("backs off from 30 seconds, doubling up to the interval, with full jitter", async () => {
  fc.assert(
    fc.property(schedule, moment, fc.nat(40), chance, (before, now, failures, value) => {
      const plan = afterSilence({ ...before, failures }, { now, random: () => value });
      const most = Math.min(30_000 * 2 ** failures, before.intervalSeconds * 1_000);
      return (
        plan.nextAt === now + Math.max(1_000, Math.floor(value * most)) && plan.failures === failures + 1
      );
    }),
  );
});

t.test("remembers since when nobody answers, and forgets it with the first answer", async (t) => {
  const first = firstSchedule(1_000_000, 3_607, () => 0.5);
  const random = () => 0.5;
  t.same(retryHeaders(first, 1_000_000), {});
  const failing = afterSilence(afterSilence(first, { now: 1_000_000, random }), { now: 1_050_000, random });
  t.same(retryHeaders(failing, 1_090_500), { "x-retry-count": "2", "x-request-age": "90" });
  t.same(retryHeaders(failing, 500_000), { "x-retry-count": "2", "x-request-age": "0" });
  const answered = afterAnswer(failing, { now: 1_100_000, random, intervalSeconds: 600 });
  t.same(retryHeaders(answered, 1_100_000), {});
  t.match(answered, { intervalSeconds: 600, lastCheckInAt: 1_100_000, failures: 0 });
});

t.test("keeps the interval, and the last check-in, when the answer was a problem", async (t) => {
  const first = { ...firstSchedule(0, 600, () => 0.5), lastCheckInAt: 7 };
  t.match(afterAnswer(first, { now: 1_000, random: () => 0.5 }), { intervalSeconds: 600, lastCheckInAt: 7 });
});

t.test("does not trust the clock: set back, or a plan of another age, is due", async (t) => {
  const plan = { plannedAt: 1_000_000, nextAt: 2_000_000 };
  t.equal(isDue(plan, 1_500_000), false);
  t.equal(isDue(plan, 2_000_000), true);
  t.equal(isDue(plan, 999_999), true);
  t.equal(isDue({ plannedAt: 0, nextAt: 1e15 }, 1), true);
});
