/** Columns that read only what moved against columns that read everything, whatever happens to the devices of a store. */
import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { retire } from "../privacy/queries.ts";
import { MovedDevices } from "../store/moved-devices.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { defineWrite } from "../store/store.ts";
import { openTruth } from "../store/truth.ts";
import { rounds } from "../testing/long.ts";
import { emptyDatabases, StoredFleet } from "../testing/stored-fleet.ts";
import { LiveColumns } from "./live-devices.ts";

const newDatabase = await emptyDatabases(t.testdir({}));

const seen = defineWrite({
  name: "test-seen",
  async run(transaction, { device, at }: { readonly device: number; readonly at: number }): Promise<void> {
    await transaction
      .updateTable("devices")
      .set({ last_seen_at: at })
      .where("ordinal", "=", device)
      .execute();
  },
});
const doubted = defineWrite({
  name: "test-doubted",
  async run(transaction, { device, at }: { readonly device: number; readonly at: number }): Promise<void> {
    await transaction
      .updateTable("installations")
      .set({ doubted_at: at })
      .where("device", "=", device)
      .execute();
  },
});

const most = 12;
const described = (columns: LiveColumns) =>
  Array.from({ length: most }, (_, ordinal) => [
    columns.deviceOf(ordinal),
    columns.seenAt(ordinal),
    columns.firstSeenAt(ordinal),
    columns.has(ordinal, "retired"),
    columns.has(ordinal, "in-doubt"),
  ]);

const steps = ["enrol", "see", "retire", "doubt", "merge", "split", "remove", "read"] as const;
const history = fc.array(fc.tuple(fc.constantFrom(...steps), fc.nat(4), fc.nat(4)), {
  minLength: 10,
  maxLength: 30,
  size: "max",
});

t.test("has what the database has, whatever moved", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (taken) => {
      const file = newDatabase();
      const store = await openSqliteStore(file);
      const { queries } = openTruth(file);
      const fleet = new StoredFleet(store);
      const columns = new LiveColumns(store.log.moved);
      const read = async () => {
        const all = new LiveColumns(null);
        await all.read(queries);
        await columns.read(queries);
        deepEqual(described(columns), described(all));
      };
      const take: Readonly<Record<(typeof steps)[number], (a: number, b: number) => Promise<unknown>>> = {
        enrol: async (hour) => fleet.members.length < 6 && fleet.enrol("lab", hour * 3_600_000),
        see: (device, at) => store.commit([seen({ device, at })]),
        retire: (device, at) => store.commit([retire({ device, at: at % 2 === 0 ? null : at })]),
        doubt: (device, at) => store.commit([doubted({ device, at })]),
        merge: (a, b) => fleet.merge(a, b),
        split: (a) => fleet.split(a),
        remove: (a) => fleet.remove(a),
        read,
      };
      try {
        for (const hour of [0, 1]) await fleet.enrol("lab", hour);
        for (const [step, a, b] of taken) await take[step](a, b);
        await read();
      } finally {
        await queries.destroy();
        await store.close();
      }
    }),
    { numRuns: rounds(15, 1_000) },
  );
});

t.test("reads only what moved since, and everything where that is not known", async (t) => {
  const file = newDatabase();
  const store = await openSqliteStore(file);
  const { queries } = openTruth(file);
  t.teardown(async () => {
    await queries.destroy();
    await store.close();
  });
  const fleet = new StoredFleet(store);
  for (let each = 0; each < 5; each++) await fleet.enrol("lab", 0);
  const columns = new LiveColumns(store.log.moved);
  t.equal(await columns.read(queries), 5);
  t.equal(await columns.read(queries), 0);
  await store.commit([seen({ device: 3, at: 7 })]);
  await t.rejects(
    store.commit([seen({ device: 4, at: 7 }), seen({ device: 5, at: Number.NaN })]),
    "a batch that is undone moves nothing",
  );
  t.equal(await columns.read(queries), 1);
  t.same(
    [3, 4].map((device) => columns.seenAt(device)),
    [7, 0],
  );
  store.log.moved?.mark([2 ** 31]);
  t.equal(await columns.read(queries), 5);
});

t.test("tells each thread's devices once, those of any size", (t) => {
  const moved = new MovedDevices();
  const others = new MovedDevices(moved.buffer);
  others.mark([5, 2 ** 20, 31, 32, 5]);
  t.same(moved.take(), [5, 31, 32, 2 ** 20]);
  t.same([moved.take(), others.take()], [[], []]);
  moved.mark([2 ** 32 - 1]);
  t.equal(others.take(), null);
  t.same(others.take(), []);
  t.end();
});
