/** PostgreSQL below the server: what only the database can tell of itself. Each question changes nothing. */

import { Client } from "pg";
import { databaseVersion } from "../store/migrate.ts";
import { connectionTo } from "../store/postgres-dialect.ts";
import { serverNumbers } from "../store/postgres-locks.ts";
import { nameOf } from "../store/postgres-store.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { readable } from "./machine.ts";
import type { Shown } from "./stored.ts";

/** How long one answer may take, milliseconds. */
const patience = 5_000;

/** As `server_version_num` counts. */
const leastVersion = 140_000;

/** What one server opens at most: it writes, listens, reads, and reads for its index. */
const connectionsOfServer = 16;

const second = 1_000;
const minute = 60 * second;

/** One row's numbers and texts; PostgreSQL's large numbers come as texts. */
type Row = Readonly<Record<string, string | number | boolean | null>>;

export class ExaminedPostgres {
  readonly #client: Client;
  readonly #name: string;

  private constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Throws where it cannot be reached, or lets nobody in. */
  static async at(url: string): Promise<ExaminedPostgres> {
    const limits = { connectionTimeoutMillis: patience, query_timeout: patience };
    const client = new Client({ ...connectionTo(url), ...limits });
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${nameOf(url)} cannot be reached, or lets nobody in: ${reason}`, { cause });
    }
    return new ExaminedPostgres(client, nameOf(url));
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  /** What it has of a Rollcall; null where no server has used it yet. */
  async shown(): Promise<Shown | null> {
    const isThere = await this.#one(
      "select to_regclass('server') is not null and to_regclass('log') is not null as it",
    );
    if (isThere.it !== true) return null;
    const row = await this.#one(`
      select (select id from server) as server, coalesce(max(number), 0) as newest, coalesce(min(number), 1) as oldest
      from deletions
    `);
    const reach = await this.#all("select server, max(seq) as seq from log group by server");
    return {
      server: row.server === null ? null : String(row.server),
      deletions: { newest: Number(row.newest), oldest: Number(row.oldest), pending: 0 },
      log: new Map(reach.map(({ server, seq }) => [Number(server), Number(seq)])),
    };
  }

  async examineDatabase(): Promise<Finding> {
    const check = "database";
    const { number, version, standby } = await this.#one(`
      select current_setting('server_version_num') as number, current_setting('server_version') as version,
        pg_is_in_recovery() as standby
    `);
    const is = `${this.#name}, PostgreSQL ${version}`;
    if (Number(number) < leastVersion) return fail(check, `${is} is too old`, "update it to 14 or later");
    if (standby === true)
      return fail(
        check,
        `${is} is a standby, which takes nothing`,
        "name the one that it follows, or promote it",
      );
    const tables = await this.#one(
      "select to_regclass('rollcall_version') is not null as made, to_regclass('rollcall_unfinished') is not null as filled",
    );
    if (tables.filled === true)
      return fail(check, `${is} is not whole`, "run the same rollcall migrate again");
    if (tables.made !== true) return ok(check, `${is}, empty; a server makes its tables at its first start`);
    const row = await this.#one("select coalesce(max(version), 0) as version from rollcall_version");
    if (Number(row.version) > databaseVersion)
      return fail(
        check,
        `${is} was written by a newer Rollcall (version ${row.version}, this program knows ${databaseVersion})`,
        "start that version",
      );
    const { devices } = await this.#one("select count(*) as devices from devices");
    const behind = Number(row.version) < databaseVersion ? ", which the next start brings up to date" : "";
    return ok(check, `${is}, version ${row.version}${behind}, ${devices} devices`);
  }

  /** Whether a commit that it has told of outlives a crash. */
  async examineDurability(): Promise<Finding> {
    const check = "durability";
    const names = ["fsync", "full_page_writes", "synchronous_commit"] as const;
    const settings = await this.#one(
      `select ${names.map((name) => `current_setting('${name}') as ${name}`).join(", ")}`,
    );
    const off = names.filter((name) => settings[name] === "off");
    return off.length === 0
      ? ok(check, `${names.map((name) => `${name} ${settings[name]}`).join(", ")}`)
      : fail(
          check,
          `${off.join(", ")} off: a crash loses what was acknowledged`,
          "set it on, and load the settings",
        );
  }

  async examineClock(): Promise<Finding> {
    const check = "database-clock";
    const before = Date.now();
    const { now } = await this.#one("select extract(epoch from clock_timestamp()) * 1000 as now");
    const apart = Math.abs(Number(now) - (before + Date.now()) / 2);
    const found = `it and this machine's are ${(apart / second).toFixed(1)} s apart`;
    const todo = "set both machines' clocks by NTP; servers with different clocks judge devices differently";
    if (apart > minute) return fail(check, found, todo);
    return apart > 2 * second ? warn(check, found, todo) : ok(check, found);
  }

  /** How far the servers that run are behind each other's entries. */
  async examineLog(): Promise<Finding> {
    const check = "log";
    const row = await this.#one(`
      with running as (
        select objid::bigint as reader from pg_locks
        where locktype = 'advisory' and classid = ${serverNumbers} and objsubid = 2 and granted
          and database = (select oid from pg_database where datname = current_database())
      ), unread as (
        select running.reader, log.at from running cross join log
          left join rollcall_log_readers as r on r.reader = running.reader and r.server = log.server
        where log.seq > coalesce(r.seq, 0)
      )
      select (select count(*) from running) as running,
        coalesce((select max(entries) from (select count(*) as entries from unread group by reader) as each), 0) as entries,
        coalesce(extract(epoch from clock_timestamp()) * 1000 - (select min(at) from unread), 0) as age
    `);
    const found = `${row.running} servers run; the last of them is ${row.entries} entries behind`;
    return Number(row.age) > 10 * minute && Number(row.entries) > 1
      ? warn(
          check,
          `${found}, since ${Math.round(Number(row.age) / minute)} minutes`,
          "see the last lines of requests.log of each server for a fault of its index",
        )
      : ok(check, found);
  }

  async examineConnections(): Promise<Finding> {
    const check = "connections";
    const row = await this.#one(`
      select current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint as most,
        (select count(*) from pg_stat_activity where backend_type = 'client backend') as used
    `);
    const free = Number(row.most) - Number(row.used);
    const found = `${free} of ${row.most} free`;
    const todo = `raise max_connections: a server opens up to ${connectionsOfServer}`;
    return free < connectionsOfServer ? warn(check, found, todo) : ok(check, found);
  }

  async examineStandbys(): Promise<Finding> {
    const check = "standbys";
    const row = await this.#one(`
      select count(*) as all, count(*) filter (where sync_state in ('sync', 'quorum')) as waited_for,
        count(*) filter (where state is null) as hidden,
        coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0) as bytes,
        coalesce(max(extract(epoch from replay_lag)), 0) as seconds,
        current_setting('synchronous_standby_names') as names
      from pg_stat_replication
    `);
    if (row.names !== "" && Number(row.waited_for) === 0 && Number(row.hidden) === 0)
      return fail(
        check,
        `synchronous_standby_names is ${row.names}, and none of them is there: commits wait for ever`,
        "start the standby, or take it out of the setting",
      );
    if (Number(row.all) === 0) return ok(check, "there is none");
    if (Number(row.hidden) > 0)
      return ok(check, `${row.all}, of which this account is told no more (pg_monitor may know)`);
    const behind = `${readable(Number(row.bytes))} and ${Math.round(Number(row.seconds))} s behind`;
    const found = `${row.all}, of which ${row.waited_for} have everything that was acknowledged; at most ${behind}`;
    return Number(row.seconds) > 60 ? warn(check, found, "see what holds up the standby") : ok(check, found);
  }

  async #one(text: string): Promise<Row> {
    const [row] = await this.#all(text);
    if (!row) throw new Error("the database answered with no row");
    return row;
  }

  async #all(text: string): Promise<readonly Row[]> {
    return (await this.#client.query<Row>(text)).rows;
  }
}
