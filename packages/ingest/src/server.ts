/** One server: owns a data directory, listens, and ends so that nothing acknowledged or in flight is lost. */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { ListenOptions, Socket } from "node:net";
import { withSocketPath } from "@rollcall/host";
import { accepts, catalogueDigest, digestOf } from "@rollcall/protocol";
import type { Request } from "express";
import { type Config, readConfig } from "./config.ts";
import { type App, createApp } from "./http/app.ts";
import type { Door } from "./http/authenticate.ts";
import type { Route } from "./http/route.ts";
import { Nonces } from "./identity/nonces.ts";
import { rememberedServer, rememberServer } from "./identity/queries.ts";
import { openServerKeys, type ServerKeys } from "./identity/server-keys.ts";
import { openLog } from "./logs/request-log.ts";
import type { Services } from "./services.ts";
import { ownDataDirectory } from "./store/data-directory.ts";
import { protocolScope } from "./store/scope.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

export interface ServerOptions {
  readonly directory: string;
  /** Loopback address and port for the page and the API; none when only the local sockets are wanted. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** The OS account that runs it. */
  readonly operator: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The sections that it takes, where that is not all that it knows; for tests of an older server. */
  readonly accepts?: Readonly<Record<string, number>>;
  /** What connections get, where it is not the configuration's; for tests. */
  readonly timeouts?: Partial<Timeouts>;
}

export interface RunningServer {
  /** `http://HOST:PORT` with the port that was taken, or null. */
  readonly url: string | null;
  readonly directory: string;
  /** The server's id. */
  readonly id: string;
  readonly routes: readonly Route[];
  /** Finishes what is in flight, commits, checkpoints, lets go of the directory. May be called again. */
  stop(): Promise<void>;
}

/** What one connection gets, milliseconds; Node's own defaults are looser. */
const timeoutsOf = (config: Config) => ({
  headersTimeout: config["server.headersSeconds"] * 1_000,
  requestTimeout: config["server.bodySeconds"] * 1_000,
  keepAliveTimeout: config["server.keepAliveSeconds"] * 1_000,
  connectionsCheckingInterval: Math.min(config["server.headersSeconds"] * 200, 2_000),
});
type Timeouts = ReturnType<typeof timeoutsOf>;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const directory = ownDataDirectory(options.directory);
  const undo: (() => Promise<void> | void)[] = [() => directory.release()];
  try {
    const config = readConfig(directory.path);
    const { store, index } = await openSqliteStore(directory.database);
    undo.push(() => store.close());
    const keys = await keysOf(store, directory.path, new Date(options.now()));
    const log = await openLog(directory.requestLog);
    undo.push(() => log.close());
    const services: Services = {
      store,
      index,
      config,
      keys,
      nonces: new Nonces(options.now),
      policy: { version: 0, digest: catalogueDigest },
      accepts: { sections: options.accepts ?? accepts, digest: digestOf(options.accepts ?? accepts) },
      localUrl: `unix:${directory.agentSocket}`,
      operator: options.operator,
      now: options.now,
      alarm: (alarm) => log.alarm(alarm),
    };
    const doors = new WeakMap<object, Door>();
    const app = createApp(services, log, (request: Request) => doors.get(request.socket) ?? "network");
    const listeners: Listener[] = [];
    undo.push(() => finishAll(listeners, config["server.stopSeconds"]));
    const open = async (door: Door, where: ListenOptions): Promise<Server> => {
      const allowed = { ...timeoutsOf(config), ...options.timeouts };
      const listener = await listen(app, where, allowed, config["server.sockets"]);
      listener.server.on("connection", (socket) => doors.set(socket, door));
      listeners.push(listener);
      return listener.server;
    };
    const openLocal = async (door: Door, path: string): Promise<void> => {
      // By its own path: under that by which a long one is reached, Node would not find it any more.
      undo.push(() => rmSync(path, { force: true }));
      await openSocket(path, (address) => open(door, { path: address }));
    };
    await openLocal("control-socket", directory.controlSocket);
    await openLocal("agent-socket", directory.agentSocket);
    const url = options.listen ? addressOf(await open("network", options.listen)) : null;
    let stopped: Promise<void> | null = null;
    return {
      url,
      directory: directory.path,
      id: keys.identity.publicKey,
      routes: app.routes,
      stop: () => (stopped ??= undoAll(undo)),
    };
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

/** The keys that belong to the store's database, which remembers whose it is from the first start on. */
async function keysOf(store: Store, directory: string, now: Date): Promise<ServerKeys> {
  const remembered = await store.read(rememberedServer, protocolScope, null);
  const keys = openServerKeys(directory, now, remembered);
  if (remembered === null) await store.commit([rememberServer(keys.identity.publicKey)]);
  return keys;
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

/** A server with its connections. */
interface Listener {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
}

function listen(app: App, where: ListenOptions, allowed: Timeouts, mostSockets: number): Promise<Listener> {
  // A request without Host gets its problem from the app.
  const server = createServer({ ...allowed, requireHostHeader: false }, app.handle);
  server.maxConnections = mostSockets;
  server.on("clientError", app.unreadable);
  // What a request expects besides 100-continue is passed over (RFC 9110, 10.1.1); by default Node would answer itself.
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  // A connection that was busy when the server began to stop is not idle then; without this it would stay open.
  server.on("request", (request, response) =>
    response.once("finish", () => {
      if (!server.listening) request.socket.end();
    }),
  );
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve({ server, sockets });
    });
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a network listener has no address");
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Takes no new connections anywhere, lets requests in flight finish, and cuts what is left after `seconds`. */
async function finishAll(listeners: readonly Listener[], seconds: number): Promise<void> {
  await Promise.all(listeners.map((listener) => finish(listener, seconds)));
}

function finish({ server, sockets }: Listener, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
    // One that has said nothing yet, such as a browser opens in advance, is not idle to Node.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
