// Applications as they check in.
import t from "tap";
import { limits } from "../limits.ts";
import { applications } from "../testing/messages.ts";
import { takenWrongly } from "../testing/wrong-members.ts";
import { applicationSchema, applicationStatusSchema, applicationsSchema } from "./applications.ts";

const [application = t.fail("no application")] = applications;

t.test("takes number and version, with a channel or without", async (t) => {
  const { channel: _, ...without } = Object(application);
  t.strictSame(applicationsSchema.parse(applications), applications);
  t.strictSame(applicationSchema.parse(without), without);
  t.strictSame(
    applicationSchema.parse({ ...without, cohort: "a" }),
    without,
    "and ignores what it does not know",
  );
});

t.test("takes no member of another type or over its bound", async (t) => {
  const wrong = {
    number: ["", "Agent", "a b", "a".repeat(65), 5, null, undefined],
    version: ["", "1".repeat(129), 1, null, undefined],
    channel: ["", "a".repeat(65), 1, null],
  };
  t.strictSame(takenWrongly(applicationSchema, Object(application), wrong), []);
});

t.test("takes one application at least and as many as the limit says", async (t) => {
  const many = (count: number) => Array.from({ length: count }, () => application);
  t.notOk(applicationsSchema.safeParse([]).success);
  t.ok(applicationsSchema.safeParse(many(limits.applications)).success);
  t.notOk(applicationsSchema.safeParse(many(limits.applications + 1)).success);
});

t.test("takes of each application one status", async (t) => {
  const good = { number: "a", status: "restricted" };
  t.strictSame(applicationStatusSchema.parse(good), good);
  t.strictSame(
    takenWrongly(applicationStatusSchema, good, { number: ["A", 5], status: ["OK", "", null, undefined] }),
    [],
  );
});
