/** The log on PostgreSQL: every server's entries once, in order and without a gap, however late one commits. */
import { sql } from "kysely";
import { Client } from "pg";
import t, { type Test } from "tap";
import { postgresDatabase, withoutPostgres } from "../testing/postgres.ts";
import type { LogEntry } from "./log.ts";
import { serverNumbers } from "./postgres-locks.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { defineWrite, type Store } from "./store.ts";

/** Runs one statement. */
const run = defineWrite({
  name: "run",
  run: async (transaction, statement: string): Promise<void> => {
    await sql.raw(statement).execute(transaction);
  },
});
const fail = defineWrite({ name: "fail", run: (): Promise<void> => Promise.reject(new Error("no")) });

const token =
  "insert into enrolment_tokens (id, hash, group_name, ownership, wishes, uses, used, per_hour, local, created_at, created_by, expires_at) values (1, '', 'g', 'organisation', '[]', 1, 0, 1, 0, 0, 'a', 0)";
const device = (ordinal: number) =>
  `insert into devices (ordinal, id, group_name, ownership, first_seen_at, last_seen_at, summary, sort_name) values (${ordinal}, 'dev_${ordinal}', 'g', 'organisation', 0, 0, '{}', '')`;
const installation = (ordinal: number, of: number) =>
  `insert into installations (ordinal, id, device, key, token, enrolled_at, applications, counter, state_digest, accepts_digest, consent_number, grants) values (${ordinal}, 'ins_${ordinal}', ${of}, 'k${ordinal}', 1, 0, '[]', 0, '', '', 1, '[]')`;

/** `[server, seq, ...devices]` */
const listed = ({ dirty, position }: LogEntry) => [position.server, position.seq, ...dirty];

class Follower {
  readonly told: number[][] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(store: Store) {
    const tell = (entry: LogEntry) => {
      this.told.push(listed(entry));
      for (const look of this.#waiting) look();
    };
    store.log.follow({ tell, scrub: async () => undefined });
  }

  /** Resolves when so many entries were told. */
  async reached(entries: number): Promise<void> {
    while (this.told.length < entries) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  of(server: number): number[][] {
    return this.told.filter(([each]) => each === server);
  }
}

async function opened(t: Test, url: string) {
  const store = await openPostgresStore(url);
  t.teardown(() => store.close().catch(() => {}));
  const commit = (...statements: string[]) => store.commit(statements.map(run));
  return { store, commit, follower: new Follower(store) };
}

async function client(t: Test, url: string): Promise<Client> {
  const other = new Client(url);
  await other.connect();
  t.teardown(() => other.end());
  return other;
}

t.test("the log on PostgreSQL", { skip: withoutPostgres }, async (t) => {
  t.test("tells every change of what a device is found by, and nothing that was undone", async (t) => {
    const { store, commit, follower } = await opened(t, await postgresDatabase());
    await commit(token);
    await commit(device(7), installation(3, 7));
    await commit("update devices set last_seen_at = 5", "update installations set counter = 2");
    await Promise.all([
      commit("update devices set sort_name = 'n'"),
      store.commit([run(device(9)), fail(null)]).catch(() => {}),
    ]);
    await commit(
      "insert into countries (installation, section, country, since) values (3, 'location', 'AT', 0)",
    );
    await commit(device(8), "update installations set device = 8");
    await commit("delete from countries", "delete from installations", "delete from devices");
    t.same(follower.told, [
      [1, 1, 7],
      [1, 2, 7],
      [1, 3, 7],
      [1, 4, 8, 7],
      [1, 5, 8, 7],
    ]);
    const entries = await store.log.after({ server: 1, seq: 2 }, 2);
    t.same(entries.map(listed), follower.told.slice(2, 4), "and it stands in the log");
  });

  t.test("refuses a change that it would not tell of", async (t) => {
    const url = await postgresDatabase();
    const { commit } = await opened(t, url);
    await commit(token);
    const other = await client(t, url);
    await t.rejects(other.query(device(1)), { message: 'relation "pg_temp.dirty" does not exist' });
  });

  t.test("misses no entry of a server whose commit is late", async (t) => {
    const url = await postgresDatabase();
    const [slow, quick] = [await opened(t, url), await opened(t, url)];
    const third = await opened(t, url);
    const other = await client(t, url);
    // What server 1 enters waits inside its commit until the lock is free.
    await other.query(`
      create function wait() returns trigger language plpgsql as
        $$ begin if new.server = 1 then perform pg_advisory_xact_lock(42); end if; return null; end $$;
      create constraint trigger wait after insert on log deferrable initially deferred
        for each row execute function wait();
    `);
    await other.query("select pg_advisory_lock(42)");
    const late = [1, 2, 3].map((ordinal) => slow.commit(device(ordinal)));
    await quick.commit(device(4));
    await quick.commit(device(5));
    await third.follower.reached(2);
    await other.query("select pg_advisory_unlock(42)");
    await Promise.all(late);
    await quick.commit(device(6));
    for (const { follower } of [slow, quick, third]) {
      await follower.reached(slow.follower.of(1).length + 3);
      t.same(follower.of(2), [
        [2, 1, 4],
        [2, 2, 5],
        [2, 3, 6],
      ]);
      t.same(follower.of(1), slow.follower.of(1));
      t.same(
        follower.of(1).flatMap(([, , ...devices]) => devices),
        [1, 2, 3],
      );
    }
    t.same(third.follower.told.slice(0, 2), [
      [2, 1, 4],
      [2, 2, 5],
    ]);
  });

  t.test("gives each server a number of its own, and one that is free again to the next", async (t) => {
    const url = await postgresDatabase();
    const [first, second] = [await opened(t, url), await opened(t, url)];
    await first.commit(device(1));
    await second.follower.reached(1);
    await second.commit(device(2));
    await first.store.close();
    // PostgreSQL hears a moment later that the connection has ended.
    const held = `select from pg_locks where locktype = 'advisory' and classid = ${serverNumbers} and objid = 1
      and database = (select oid from pg_database where datname = current_database())`;
    const other = await client(t, url);
    while ((await other.query(held)).rowCount !== 0) {}
    const next = await opened(t, url);
    await next.commit(device(3));
    await second.follower.reached(3);
    t.same(second.follower.told, [
      [1, 1, 1],
      [2, 1, 2],
      [1, 2, 3],
    ]);
  });

  t.test("goes on without a gap after its connection was lost", async (t) => {
    const url = await postgresDatabase();
    const { commit, follower } = await opened(t, url);
    await commit(device(1));
    await commit("select pg_terminate_backend(pg_backend_pid())").catch(() => {});
    await commit(device(2));
    t.same(
      follower.told.map(([, , ...devices]) => devices),
      [[1], [2]],
    );
  });

  t.test("keeps what another server has still to read, and always the last entry", async (t) => {
    const url = await postgresDatabase();
    const [first, second] = [await opened(t, url), await opened(t, url)];
    for (const ordinal of [1, 2, 3]) await first.commit(device(ordinal));
    const to = (seq: number) => ({ server: 1, seq });
    const left = async () => (await first.store.log.after(to(0), 10)).map(({ position }) => position.seq);
    await first.store.log.truncate(to(1_000));
    t.same(await left(), [1, 2, 3]);
    await second.store.log.truncate(to(2));
    await first.store.log.truncate(to(1_000));
    t.same(await left(), [2, 3]);
    await second.store.log.truncate(to(1_000));
    t.same(await left(), [3]);
    t.same(await first.store.log.reach(), { oldest: [to(2)], newest: [to(3)] });
  });
});
