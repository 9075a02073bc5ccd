// Columns of what items have of the device's own: read as they were written, and short for what is usual.
import fc from "fast-check";
import t from "tap";
import { rounds } from "../testing/long.ts";
import { columnsOf, membersIn, ownColumnsSchema } from "./own-columns.ts";

const instant = fc
  .oneof(
    fc.integer({ min: -62_167_219_200, max: 253_402_300_799 }),
    fc.integer({ min: 1_700_000_000, max: 1_700_009_999 }),
  )
  .map((seconds) => `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`);
const members = {
  at: instant,
  flag: fc.boolean(),
  exact: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  mixed: fc.oneof(instant, fc.string(), fc.boolean(), fc.integer(), fc.array(fc.string())),
  path: fc.string(),
};
const items = fc.array(fc.record(members, { requiredKeys: [], noNullPrototype: true }), { maxLength: 40 });

t.test("gives back what went in, through JSON", async () => {
  fc.assert(
    fc.property(items, (list) => {
      const columns = ownColumnsSchema.parse(JSON.parse(JSON.stringify(columnsOf(list.map(Object.entries)))));
      const read = membersIn(columns, list.length).map((each) => Object.fromEntries(each));
      return t.strictSame(read, list);
    }),
    { numRuns: rounds(200, 20_000) },
  );
});

t.test("writes flags as a text and instants as bursts", async (t) => {
  const at = ["2026-01-01T00:00:07Z", undefined, "2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z"];
  const list = at.map((each, number) => [
    ...(each ? [["at", each] as const] : []),
    ...(number > 0 ? [["flag", number === 1] as const] : []),
  ]);
  t.strictSame(columnsOf(list), [
    ["at", { bursts: [1_767_225_600, 5_097_600], of: [0, null, 1, 0], after: [7, 0, 0] }],
    ["flag", "-100"],
  ]);
});

t.test("refuses columns that are not those of so many items", async (t) => {
  const bursts = { bursts: [1_700_000_000], of: [0, 0], after: [1, 2] };
  t.doesNotThrow(() => membersIn([["at", bursts]], 2));
  for (const [column, count] of [
    ["10", 3],
    [["a"], 2],
    [bursts, 1],
    [{ ...bursts, of: [0, 1] }, 2],
    [{ ...bursts, after: [1] }, 2],
    [{ ...bursts, bursts: [9e15] }, 2],
  ] as const)
    t.throws(() => membersIn(ownColumnsSchema.parse([["at", column]]), count), JSON.stringify(column));
});
