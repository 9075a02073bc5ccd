/** The log: each committed change of what a device is found by, once, in order, and nothing of what was undone. */
import { join } from "node:path";
import { sql } from "kysely";
import t, { type Test } from "tap";
import { decodeDirty, encodeDirty, type LogEntry } from "./log.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { defineWrite } from "./store.ts";

/** Runs one statement. */
const run = defineWrite({
  name: "run",
  run: async (transaction, statement: string): Promise<void> => {
    await sql.raw(statement).execute(transaction);
  },
});
const fail = defineWrite({
  name: "fail",
  run: (): Promise<void> => Promise.reject(new Error("no")),
});

const token =
  "insert into enrolment_tokens (id, hash, group_name, ownership, wishes, uses, used, per_hour, local, created_at, created_by, expires_at) values (1, x'00', 'g', 'organisation', '[]', 1, 0, 1, 0, 0, 'a', 0)";
const device = (ordinal: number) =>
  `insert into devices (ordinal, id, group_name, ownership, first_seen_at, last_seen_at, summary, sort_name) values (${ordinal}, 'dev_${ordinal}', 'g', 'organisation', 0, 0, '{}', '')`;
const installation = (ordinal: number, of: number) =>
  `insert into installations (ordinal, id, device, key, token, enrolled_at, applications, counter, state_digest, accepts_digest, consent_number, grants) values (${ordinal}, 'ins_${ordinal}', ${of}, 'k${ordinal}', 1, 0, '[]', 0, '', '', 1, '[]')`;
const section = (of: number, digest: string) =>
  `insert into records (installation, body) values (${of}, '${digest}')`;

async function opened(t: Test, file = join(t.testdir({}), "rollcall.db")) {
  const store = await openSqliteStore(file);
  t.teardown(() => store.close().catch(() => {}));
  const told: (readonly [number, ...number[]])[] = [];
  store.log.follow({
    tell: ({ dirty, position }) => told.push([position.seq, ...dirty]),
    scrub: async () => undefined,
  });
  return { store, file, told, commit: (...statements: string[]) => store.commit(statements.map(run)) };
}

const after = (seq: number) => ({ server: 1, seq });
const listed = (entries: readonly LogEntry[]) =>
  entries.map(({ dirty, position }) => [position.seq, ...dirty]);

t.test("tells every change of what a device is found by, whichever table it is in", async (t) => {
  const { store, commit, told } = await opened(t);
  await commit(token);
  await commit(device(7), installation(3, 7));
  await commit(section(3, "a"));
  const again = `${section(3, "b")} on conflict do update set body = excluded.body`;
  await commit(again, again);
  await commit(
    "insert into countries (installation, section, country, since) values (3, 'location', 'AT', 0)",
  );
  await commit("update countries set country = 'DE'");
  await commit("update devices set group_name = 'h'");
  await commit("update devices set sort_name = 'n'");
  await commit("update devices set merge = 1");
  await commit(device(8), "update installations set device = 8");
  await commit("delete from countries");
  await commit("delete from records");
  await commit("delete from installations");
  await commit("delete from devices");
  const expected = [
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((seq) => [seq, 7]),
    [9, 7, 8],
    ...[10, 11, 12].map((seq) => [seq, 8]),
    [13, 7, 8],
  ];
  t.same(told, expected);
  t.same(listed(await store.log.after(after(0), 100)), expected, "and it stands in the log");
});

t.test("enters nothing for what nobody is found by", async (t) => {
  const { commit, told } = await opened(t);
  await commit(token, device(1), installation(1, 1));
  await commit("update devices set last_seen_at = 5", "update installations set counter = 2");
  t.same(told, [[1, 1]]);
});

t.test("enters nothing of a batch that is undone, and no number is left out", async (t) => {
  const { store, commit, told } = await opened(t);
  await commit(token);
  const [kept, undone] = await Promise.allSettled([
    store.commit([run(device(1))]),
    store.commit([run(device(2)), fail(null)]),
  ]);
  t.same([kept.status, undone.status], ["fulfilled", "rejected"]);
  await t.rejects(store.commit([run(device(3)), fail(null)]), { message: "no" });
  await commit(device(4));
  t.same(told, [
    [1, 1],
    [2, 4],
  ]);
});

t.test("goes on with its numbers after a restart, and after everything was read", async (t) => {
  const { store, file, commit } = await opened(t);
  await commit(device(1));
  await commit(device(2));
  await store.log.truncate(after(1_000));
  t.same(await store.log.reach(), { oldest: [after(1)], newest: [after(2)] });
  t.same(listed(await store.log.after(after(0), 10)), [[2, 2]], "the last one stays");
  await store.close();
  const again = await opened(t, file);
  await again.commit(device(3));
  t.same(again.told, [[3, 3]]);
  t.same(listed(await again.store.log.after(after(2), 10)), [[3, 3]]);
});

t.test("has ordinals of 32 bits in an entry, and takes no half one", (t) => {
  const ordinals = [0, 1, 65_536, 2 ** 32 - 1];
  t.same(decodeDirty(encodeDirty(ordinals)), ordinals);
  t.throws(() => decodeDirty(new Uint8Array(5)), { message: "an entry of the log has 5 bytes" });
  t.end();
});
