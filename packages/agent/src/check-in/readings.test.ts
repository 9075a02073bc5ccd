/** Which readings are told, and that they fit into a check-in. */
import { limits } from "@rollcall/protocol";
import t from "tap";
import { readingsSent, readingsToSend } from "./readings.ts";

const found = (readings: Record<string, number | Record<string, number>>) =>
  new Map([["storage", { status: "ok" as const, readings }]]);
const told = (before: Record<string, Record<string, number>>, now: Record<string, Record<string, number>>) =>
  "storage" in readingsToSend(found(now), { storage: { values: before, at: 0 } }, 1_000);

t.test("tells a section's readings when one of them moved over 5 %", async (t) => {
  t.equal(told({ "/": { free: 100 } }, { "/": { free: 105 } }), false);
  t.equal(told({ "/": { free: 100 } }, { "/": { free: 106 } }), true);
  t.equal(told({ "/": { free: 100 } }, { "/": { free: 94 } }), true);
  t.equal(told({ "/": { free: 0 } }, { "/": { free: 0 } }), false);
  t.equal(told({ "/": { free: 0 } }, { "/": { free: 1 } }), true);
  t.equal(told({ "/": { free: 1 } }, { "/": { free: 1 }, "/srv": { free: 1 } }), true);
});

t.test("tells them a day after the last time, and when the clock was set back", async (t) => {
  const now = found({ a: 1 });
  const sent = readingsSent({}, readingsToSend(now, {}, 1_000), 1_000);
  t.same(readingsToSend(now, sent, 86_400_999), {});
  t.same(readingsToSend(now, sent, 86_401_000), { storage: { a: 1 } });
  t.same(readingsToSend(now, sent, 999), { storage: { a: 1 } });
});

t.test("leaves out what would make a check-in too large", async (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, at) => [`/mount/${at}`.repeat(4), { free: at }]),
  );
  const both = new Map([...found({ a: 1 }), ["operating-system", { status: "ok" as const, readings: many }]]);
  const sent = readingsToSend(both, {}, 0);
  t.same(Object.keys(sent), ["storage"]);
  t.ok(JSON.stringify(sent).length < limits.checkInBody);
});
