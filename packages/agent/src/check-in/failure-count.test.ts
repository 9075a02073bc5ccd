// What goes wrong is counted on the device as long as that is granted, and forgotten with the grant.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Category, categoryNames, type Grant, usualPurposes } from "@rollcall/protocol";
import t, { type Test } from "tap";
import { changeConsent } from "../consent/apply.ts";
import { countFailures, readFailures } from "../state/failures.ts";
import { errorOf, TestDevice } from "../testing/test-device.ts";
import { FailureCount } from "./failure-count.ts";

const day = "2026-03-04T00:00:00.000Z";
const giver = { by: "ada", interactive: false, at: day, policyDigest: "A".repeat(43) };

async function device(t: Test, ...granted: readonly Category[]) {
  const made = await TestDevice.enrolled(t);
  const grants = granted.map(
    (category): Grant => ({
      category,
      purposes: [...usualPurposes],
      basis: "consent",
      ...giver,
    }),
  );
  changeConsent(made.state, grants, giver);
  return { made, grants, count: new FailureCount(made.directory, () => made.now) };
}

const found = new Map([
  ["memory", { status: "failed" }],
  ["storage", { status: "timed-out" }],
  ["processor", { status: "ok", document: {}, lost: ["left-out", "cut"] }],
  ["network", { status: "denied" }],
] as const);

t.test("counts what was not found whole, refused or crashed, by day", async (t) => {
  const { made, grants, count } = await device(t, ...categoryNames);
  const collect = count.whileCollecting(async () => found);
  count.note({ of: "agent", reason: "ended-while-looking" });
  await collect({ grants, ownership: "personal" });
  made.now += 86_400_000;
  await collect({ grants, ownership: "personal" });
  const done = await made.checkIn();
  await count.during(async () => ({ ...done, result: { ...done.result, refused: ["system"] } }));
  t.match(await errorOf(count.during(() => Promise.reject(new TypeError("a bug")))), { message: "a bug" });
  const next = "2026-03-05T00:00:00.000Z";
  t.same(readFailures(made.directory), [
    { of: "agent", reason: "ended-while-looking", count: 1, lastDay: day },
    { of: "memory", reason: "failed", count: 2, lastDay: next },
    { of: "storage", reason: "timed-out", count: 2, lastDay: next },
    { of: "processor", reason: "left-out", count: 2, lastDay: next },
    { of: "processor", reason: "cut", count: 2, lastDay: next },
    { of: "system", reason: "refused", count: 1, lastDay: next },
    { of: "agent", reason: "crashed", count: 1, lastDay: next },
  ]);
});

t.test("counts nothing that is not granted, and forgets it when it no longer is", async (t) => {
  const { made, grants, count } = await device(t, "essential", "diagnostics");
  const file = join(made.directory.path, "failures.json");
  const collect = count.whileCollecting(async () => found);
  await collect({ grants, ownership: "personal" });
  t.ok(existsSync(file));
  changeConsent(made.state, grants.slice(0, 1), giver);
  t.notOk(existsSync(file));
  await collect({ grants: grants.slice(0, 1), ownership: "personal" });
  await errorOf(count.during(() => Promise.reject(new TypeError("a bug"))));
  t.notOk(existsSync(file));
});

t.test("writes nothing when nothing went wrong", async (t) => {
  const { made, grants, count } = await device(t, "diagnostics");
  await count.whileCollecting(async () => new Map([["memory", { status: "ok" }] as const]))({
    grants,
    ownership: "personal",
  });
  t.notOk(existsSync(join(made.directory.path, "failures.json")));
});

t.test("counts that the counts were lost, and lets nothing hang on them", async (t) => {
  const { made, grants, count } = await device(t, "diagnostics");
  const file = join(made.directory.path, "failures.json");
  writeFileSync(file, "{ broken");
  t.same(readFailures(made.directory), []);
  const collect = count.whileCollecting(async () => found);
  t.equal(await collect({ grants, ownership: "personal" }), found);
  t.match(JSON.parse(readFileSync(file, "utf8")).failures.at(-1), {
    of: "agent",
    reason: "count-lost",
    count: 1,
  });
});

t.test("forgets after 90 days, whichever way the clock was wrong", async (t) => {
  const { made } = await device(t, "diagnostics");
  const days = (number: number) => made.now + number * 86_400_000;
  countFailures(made.directory, [{ of: "memory", reason: "failed" }], days(0));
  countFailures(made.directory, [], days(90));
  t.equal(readFailures(made.directory).length, 1);
  countFailures(made.directory, [{ of: "system", reason: "failed" }], days(91));
  t.same(
    readFailures(made.directory).map(({ of }) => of),
    ["system"],
  );
  countFailures(made.directory, [], days(0) - 86_400_000);
  t.same(readFailures(made.directory), []);
});
