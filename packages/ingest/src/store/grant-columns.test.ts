/** Grants come back from a column as they went in, whatever they have alike; also those of former versions. */
import { type Grant, grantSchema, grantsSchema } from "@rollcall/protocol";
import fc from "fast-check";
import t from "tap";
import { rounds } from "../testing/long.ts";
import { grantsIn, grantsText } from "./grant-columns.ts";

const column = "installations.grants";
const common = {
  purposes: ["inventory", "security"],
  basis: "legitimate-interest",
  by: "os:ada",
  interactive: false,
  at: "2026-11-25T14:42:49.088Z",
  policyDigest: "zm1YPl2lbD5INWDOikSJbB-GmNzwHA1YnDa3Y7m2nRU",
};
const grant = (changes: Readonly<Record<string, unknown>>): Grant =>
  grantSchema.parse({ ...common, ...changes });

const grants = fc
  .uniqueArray(fc.constantFrom("essential", "hardware", "system", "software", "location", "people"))
  .chain((categories) =>
    fc.tuple(
      ...categories.map((category) =>
        fc
          .record({
            basis: fc.constantFrom("consent", "contract"),
            by: fc.constantFrom("ada", "bob"),
            at: fc.constantFrom("2026-11-25T14:42:49.088Z", "2026-11-26T00:00:00Z"),
          })
          .map((changes) =>
            grant({
              category,
              ...changes,
              ...(category === "location"
                ? { level: "city", recipients: ["https://places.example/v1"] }
                : {}),
            }),
          ),
      ),
    ),
  );

t.test("gives every list back, in its order", async (t) => {
  fc.assert(
    fc.property(grants, (list) => {
      t.strictSame(grantsIn(grantsText(list), column), list);
    }),
    { numRuns: rounds(200, 20_000) },
  );
});

t.test("takes a quarter for what was given together", async (t) => {
  const categories = ["essential", "hardware", "system", "software", "network", "diagnostics", "updates"];
  const together = categories.map((category) => grant({ category }));
  t.ok(grantsText(together).length < JSON.stringify(together).length / 3);
});

t.test("reads what former versions wrote", async (t) => {
  const list = [grant({ category: "essential" }), grant({ category: "location", level: "country" })];
  t.strictSame(grantsIn(JSON.stringify(list), column), list);
  t.strictSame(grantsIn(JSON.stringify(list[0]), column), list.slice(0, 1));
  t.strictSame(grantsIn("[]", column), []);
});

t.test("refuses what is none, and names the column", async (t) => {
  const [first] = [grant({ category: "essential" })];
  const run = JSON.parse(grantsText([first]));
  for (const broken of [
    null,
    1,
    {},
    [{ of: [], x: 1 }, 1],
    [{ ...run[0], of: [["nothing", "consent"]] }],
    [{ of: run[0].of }],
  ])
    t.throws(
      () => grantsIn(JSON.stringify(broken), column),
      { message: /installations\.grants/ },
      JSON.stringify(broken),
    );
  t.throws(() => grantsIn(JSON.stringify([...run, ...run]), column), /installations\.grants/, "one twice");
  t.ok(grantsSchema.safeParse([first]).success);
});
