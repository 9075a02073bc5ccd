/** One server: owns a data directory, listens, and ends so that nothing acknowledged or in flight is lost. */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { ListenOptions } from "node:net";
import { catalogueDigest } from "@rollcall/protocol";
import type { Request } from "express";
import { pino } from "pino";
import { readConfig } from "./config.ts";
import { createApp } from "./http/app.ts";
import type { Door } from "./http/authenticate.ts";
import { Nonces } from "./identity/nonces.ts";
import { openServerKeys } from "./identity/server-keys.ts";
import { openLog } from "./logs/request-log.ts";
import type { Services } from "./services.ts";
import { withSocketPath } from "./socket-path.ts";
import { ownDataDirectory } from "./store/data-directory.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";

export interface ServerOptions {
  readonly directory: string;
  /** Loopback address and port for the page and the API; none when only the local sockets are wanted. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** The OS account that runs it. */
  readonly operator: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface RunningServer {
  /** `http://HOST:PORT` with the port that was taken, or null. */
  readonly url: string | null;
  readonly directory: string;
  /** The server's id. */
  readonly id: string;
  /** Finishes what is in flight, commits, checkpoints, lets go of the directory. May be called again. */
  stop(): Promise<void>;
}

/** Node's defaults are looser: PROTOCOL gives headers 10 s, a body 60 s, a quiet connection 65 s. */
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};
const mostSockets = 8_192;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const directory = ownDataDirectory(options.directory);
  const undo: (() => Promise<void> | void)[] = [() => directory.release()];
  try {
    const config = readConfig(directory.path);
    const keys = openServerKeys(directory.path, new Date(options.now()));
    const { store, index } = await openSqliteStore(directory.database);
    undo.push(() => store.close());
    const log = openLog(
      pino.destination({ dest: directory.requestLog, append: true, mode: 0o600, sync: false }),
    );
    undo.push(() => log.flush());
    const services: Services = {
      store,
      index,
      config,
      keys,
      nonces: new Nonces(options.now),
      policy: { version: 0, digest: catalogueDigest },
      localUrl: `unix:${directory.agentSocket}`,
      operator: options.operator,
      now: options.now,
    };
    const doors = new WeakMap<object, Door>();
    const app = createApp(services, log, (request: Request) => doors.get(request.socket) ?? "network");
    const open = async (door: Door, where: ListenOptions): Promise<Server> => {
      const server = await listen(app, where);
      server.on("connection", (socket) => doors.set(socket, door));
      undo.push(() => finish(server, config["server.stopSeconds"]));
      return server;
    };
    await openSocket(directory.controlSocket, (path) => open("control-socket", { path }));
    await openSocket(directory.agentSocket, (path) => open("agent-socket", { path }));
    const url = options.listen ? addressOf(await open("network", options.listen)) : null;
    let stopped: Promise<void> | null = null;
    return {
      url,
      directory: directory.path,
      id: keys.identity.publicKey,
      stop: () => (stopped ??= undoAll(undo)),
    };
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

/** In the reverse order of what was done; every step is tried, the first failure is told. */
async function undoAll(steps: (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** A local socket that its owner alone can open. One that a killed server left behind is removed first: the directory is ours. */
async function openSocket(path: string, open: (address: string) => Promise<Server>): Promise<void> {
  rmSync(path, { force: true });
  await withSocketPath(path, open);
  chmodSync(path, 0o600);
}

function listen(app: RequestListener, where: ListenOptions): Promise<Server> {
  const server = createServer(timeouts, app);
  server.maxConnections = mostSockets;
  // A connection that was busy when the server began to stop is not idle then; without this it would stay open.
  server.on("request", (request, response) =>
    response.once("finish", () => {
      if (!server.listening) request.socket.end();
    }),
  );
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a network listener has no address");
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Takes no new connections, lets requests in flight finish, and cuts what is left after `seconds`. */
function finish(server: Server, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
