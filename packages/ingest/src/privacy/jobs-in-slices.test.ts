/**
 * What the server does by itself goes in slices: no transaction of it changes more than a few devices, and whoever commits beside it waits for one
 * of them at most.
 */
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import t, { type Test } from "tap";
import { enterAct } from "../audit/log.ts";
import { auditEntries } from "../audit/queries.ts";
import { cutAtOnce, cutAuditLog } from "../audit/retention.ts";
import { readConfig } from "../config.ts";
import { endedAtOnce } from "../copies/ended.ts";
import { tendDoubts } from "../copies/rules.ts";
import { doubtsAtOnce } from "../copies/settle.ts";
import { addApplication } from "../enrolment/application-queries.ts";
import { openServerKeys } from "../identity/server-keys.ts";
import { protocolScope } from "../store/scope.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { StoredFleet } from "../testing/stored-fleet.ts";
import { nameOf } from "./deletion.ts";
import { Ledger } from "./ledger.ts";
import { deletedAtOnce, replay } from "./replay.ts";
import { tendUnreached, unreachedAtOnce } from "./unreached.ts";

/** Devices: two whole slices, and some more. */
const size = 45;

/** The clock of every job: later than everything that was entered. */
const at = Date.now() + 1_000 * 86_400_000;

/** A fleet in a store of its own, whose jobs are watched. */
async function fleet(t: Test, members: number) {
  const path = t.testdir({});
  const file = join(path, "rollcall.db");
  const store = await openSqliteStore(file);
  t.teardown(() => store.close());
  const fleet = new StoredFleet(store);
  for (let number = 0; number < members; number++) await fleet.enrol("lab", 0);
  const { ledger } = await Ledger.open({
    file: join(path, "deletions.ledger"),
    key: join(path, "ledger.key"),
    second: "",
    isNeeded: false,
  });
  /** Changes it beside the store. */
  const change = (...statements: string[]): void => {
    const database = new SqliteDatabase(file);
    for (const statement of statements) database.exec(statement);
    database.close();
  };
  const counted = (what: string): unknown =>
    new SqliteDatabase(file, { readonly: true }).prepare(`select count(*) from ${what}`).pluck().get();
  return { store, ledger, config: readConfig(path), path, change, counted, ...watched(store) };
}

/** A store as a job gets it: beside each of its commits somebody else asks for one. */
function watched(store: Store) {
  let transactions = 0;
  store.commits.watch(() => transactions++);
  /** Devices that each transaction changed. */
  const changed: number[] = [];
  store.log.follow({ tell: ({ dirty }) => changed.push(dirty.length), scrub: async () => undefined });
  let asked = 0;
  const waits: Promise<number>[] = [];
  const beside = async (): Promise<number> => {
    const before = transactions;
    const number = `beside-${++asked}`;
    await store.commit([addApplication({ number, name: number, at })]);
    return transactions - before;
  };
  const commit: Store["commit"] = async (batch) => {
    const outcomes = store.commit(batch);
    // It is asked for while the job's transaction runs, or before that begins.
    waits.push(beside());
    return outcomes;
  };
  const job = { ...store, read: store.read.bind(store), commit } as Store;
  /** Of the commits beside the job: for how many transactions they waited at most, their own included. */
  const longest = async (): Promise<number> => Math.max(...(await Promise.all(waits)));
  return { job, changed, longest };
}

t.test("settles doubts some at a time", async (t) => {
  const { job, config, change, counted, changed, longest } = await fleet(t, 2 * size);
  change(
    "update installations set grants = '[]'",
    `update installations set doubted_at = 1 where ordinal <= ${size}`,
    `update installations set succeeds = ordinal - ${size}, check_in_at = 2 where ordinal > ${size}`,
  );
  changed.length = 0;
  await tendDoubts({ store: job, config, now: () => at });
  t.equal(counted("devices"), size);
  t.equal(counted("installations where doubted_at is null and device = ordinal - 45"), size);
  // The record, and the provisional device that vanishes.
  t.equal(Math.max(...changed), 2 * doubtsAtOnce);
  t.ok((await longest()) <= 2);
});

t.test("ends records and merges some at a time", async (t) => {
  const { job, config, change, counted, changed, longest } = await fleet(t, 2 * size);
  change(
    `delete from installations where ordinal <= ${size}`,
    `update devices set kept_until = 1 where ordinal <= ${size}`,
    `insert into merges (id, device, at, "by") select ordinal, ${size + 1}, 1, 'tester' from devices where ordinal > ${size + 1}`,
    `update devices set merge = ordinal where ordinal > ${size + 1}`,
  );
  changed.length = 0;
  await tendDoubts({ store: job, config, now: () => at });
  t.equal(counted("devices"), 1);
  t.equal(counted("merges"), 0);
  t.ok(Math.max(...changed) <= endedAtOnce + 1, `${changed}`);
  t.ok((await longest()) <= 2);
});

t.test("removes unreached devices some at a time, each with its entry", async (t) => {
  const { job, ledger, config, change, counted, changed, longest } = await fleet(t, size);
  change("update installations set doubted_at = 1, delete_at = 2");
  changed.length = 0;
  await tendUnreached({ store: job, ledger, config, now: () => at });
  t.equal(counted("devices"), 0);
  t.equal(counted("deletions"), size);
  t.same(changed, [unreachedAtOnce, unreachedAtOnce, size - 2 * unreachedAtOnce]);
  t.ok((await longest()) <= 2);
});

t.test("deletes again by the ledger some at a time", async (t) => {
  const { job, store, ledger, path, counted, changed, longest } = await fleet(t, size);
  const database = new SqliteDatabase(join(path, "rollcall.db"), { readonly: true });
  const ids = database.prepare<[], string>("select id from devices order by ordinal").pluck().all();
  database.close();
  const entries = ids
    .slice(1)
    .map((id, index) => ({ number: index + 1, at: 1, names: [nameOf(ledger.key, id)], categories: null }));
  changed.length = 0;
  await replay(job, entries, ledger.key);
  t.same(changed, [deletedAtOnce, deletedAtOnce, size - 1 - 2 * deletedAtOnce]);
  t.equal(counted("devices"), 1);
  t.equal(counted(`deletions where number = ${size - 1}`), 1);
  t.ok((await longest()) <= 2);
  changed.length = 0;
  await replay(store, entries, ledger.key);
  t.same(changed, [], "again it changes nothing");
});

t.test("cuts the audit log some entries at a time, and it holds together in between", async (t) => {
  const { job, store, path, longest } = await fleet(t, 0);
  const entries = 2 * cutAtOnce + 10;
  const act = { account: "server", subject: "x", action: "application.create", requestId: null } as const;
  await store.commit(Array.from({ length: entries }, () => enterAct({ ...act, at: 1 })));
  const seen: number[] = [];
  const commit: Store["commit"] = async (batch) => {
    const outcomes = await job.commit(batch);
    const whole = { descending: false, limit: entries, after: null };
    const read = await store.read(auditEntries, protocolScope, whole);
    const [checkpoint] = read.checkpoints;
    t.equal(read.entries[0]?.number, read.entries.length === 0 ? undefined : (checkpoint?.number ?? 0) + 1);
    seen.push(read.entries.length);
    return outcomes;
  };
  const keys = openServerKeys(path, () => at);
  await cutAuditLog({ store: { ...job, commit } as Store, keys, now: () => at }, at);
  t.same(seen, [cutAtOnce + 10, 10, 0]);
  t.ok((await longest()) <= 2);
});
