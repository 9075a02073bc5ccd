/** Check-ins that write no row are there after every end of the process, are written back, and go with their device. */
import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import t, { type Test } from "tap";
import { bareInstallations, goneInstallation, quickOf, statement } from "../testing/bare-installations.ts";
import { perSlice } from "./column.ts";
import type { QuickCheckIn } from "./quick-check-in.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineWrite, type QuickCheckIns, type Store } from "./store.ts";

const far = perSlice + 3;
const checkIn = (installation: number, counter: number): QuickCheckIn => ({
  installation,
  counter,
  mark: counter * 7,
  at: 1_795_000_000_000 + counter,
  intervalSeconds: 3_607,
});

const emptyFile = (t: Test) => join(t.testdir({}), "rollcall.db");

async function opened(t: Test, at: string): Promise<{ store: Store; quick: QuickCheckIns }> {
  const store = await openSqliteStore(at);
  t.teardown(() => store.close().catch(() => {}));
  return { store, quick: quickOf(store) };
}

async function withDevices(t: Test, at: string) {
  const { store, quick } = await opened(t, at);
  await store.commit(bareInstallations([1, far]));
  const take = (each: QuickCheckIn) =>
    quick.commit({ checkIn: each, version: quick.versionOf(each.installation) });
  return { store, quick, take };
}

const known = ({ current }: QuickCheckIns) => [...current.all()];
const rowsIn = (at: string) => {
  const database = new SqliteDatabase(at, { readonly: true });
  try {
    const count = (table: string) => database.prepare(`select count(*) from ${table}`).pluck().get();
    return { check_in_log: count("check_in_log"), current_values: count("current_values") };
  } finally {
    database.close();
  }
};

t.test("has what was taken when it is opened again, from the log or written back", async (t) => {
  const at = emptyFile(t);
  const { store, quick, take } = await withDevices(t, at);
  t.same(await Promise.all([checkIn(1, 4), checkIn(far, 9)].map(take)), [true, true]);
  t.equal(await take(checkIn(1, 5)), true);
  const taken = [checkIn(1, 5), checkIn(far, 9)];
  t.same(known(quick), taken);
  t.same(rowsIn(at), { check_in_log: 2, current_values: 0 });
  // As a killed process leaves it: the first goes on owning its files, and is not asked.
  const { quick: replayed, store: second } = await opened(t, at);
  t.same(known(replayed), taken);
  await second.close();
  t.same(rowsIn(at), { check_in_log: 0, current_values: 2 });
  const { quick: kept } = await opened(t, at);
  t.same(known(kept), taken);
  await store.close();
});

t.test("cuts nothing from the log that came while it was written back", async (t) => {
  const at = emptyFile(t);
  const { store, quick, take } = await withDevices(t, at);
  for (let time = 1; time <= 40; time++) {
    await take(checkIn(1, 2 * time));
    const scrubbed = store.scrub();
    // Somewhere between two of its steps.
    for (let turn = 0; turn < time; turn++) await setImmediate();
    await take(checkIn(1, 2 * time + 1));
    await scrubbed;
    const copy = join(dirname(at), `copy-${time}.db`);
    for (const end of ["", "-wal"]) copyFileSync(at + end, copy + end);
    const { quick: replayed } = await opened(t, copy);
    t.same(known(replayed), known(quick));
  }
});

t.test("takes none that was decided by a row that is another one by now", async (t) => {
  const at = emptyFile(t);
  const { store, quick, take } = await withDevices(t, at);
  const decided = { checkIn: checkIn(1, 1), version: quick.versionOf(1) };
  await store.commit([statement("update installations set session_hash = null where ordinal = 1")]);
  t.equal(await quick.commit(decided), false);
  // The one that the same transaction changes behind it was decided by the row as it was: it comes first.
  const changes = store.commit([statement("update installations set consent_number = 2 where ordinal = 1")]);
  t.equal(await take(checkIn(1, 2)), true);
  await changes;
  const other = { checkIn: checkIn(far, 1), version: quick.versionOf(far) };
  await store.commit([statement("insert into applications (number, name, created_at) values ('a', 'a', 0)")]);
  t.equal(await quick.commit(other), false, "what all their answers depend on changed");
  t.same(known(quick), [checkIn(1, 2)]);
});

t.test(
  "knows in a transaction of the check-ins that come first in it, and of no lower counters",
  async (t) => {
    const asked = defineWrite({
      name: "asked",
      run: async (_transaction, counter: number, { current }) => current.later({ ordinal: 1, counter }),
    });
    const { store, take } = await withDevices(t, emptyFile(t));
    const [[inside], taken] = await Promise.all([store.commit([asked(2)]), take(checkIn(1, 3))]);
    t.same([inside, taken], [checkIn(1, 3), true]);
    t.same(await store.commit([asked(2), asked(3), asked(4)]), [checkIn(1, 3), null, null]);
  },
);

t.test("forgets who is deleted, in the log, in what is written back, and after a crash", async (t) => {
  const at = emptyFile(t);
  const { store, quick, take } = await withDevices(t, at);
  await Promise.all([take(checkIn(1, 4)), take(checkIn(far, 9))]);
  await store.scrub();
  await Promise.all([take(checkIn(1, 5)), store.commit(goneInstallation(1))]);
  t.same(known(quick), [checkIn(far, 9)]);
  const { quick: replayed } = await opened(t, at);
  t.same(known(replayed), [checkIn(far, 9)]);
  await store.scrub();
  t.same(rowsIn(at), { check_in_log: 0, current_values: 2 });
  const database = new SqliteDatabase(at, { readonly: true });
  t.teardown(() => database.close());
  const body = database.prepare("select body from current_values where slice = 0").pluck().get();
  t.ok(Buffer.isBuffer(body) && body.every((byte) => byte === 0), "nothing of it is left");
});
