/** One server: owns a data directory, listens, and ends so that nothing acknowledged or in flight is lost. */
import { chmodSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { ListenOptions } from "node:net";
import { withSocketPath } from "@rollcall/host";
import { accepts, catalogueDigest, digestOf, RollcallError } from "@rollcall/protocol";
import { ChainJoiner } from "./audit/chain-joiner.ts";
import { removeAbandonedCopy, removeLeftCopies } from "./backups/copy-folder.ts";
import { type Config, readConfig } from "./config.ts";
import { tendDoubts } from "./copies/rules.ts";
import { Decoding } from "./decoding/decoding.ts";
import { MemoryBudget } from "./decoding/memory-budget.ts";
import type { ThreadOptions } from "./decoding/thread.ts";
import { createApp } from "./http/app.ts";
import type { Door } from "./http/authenticate.ts";
import type { Route } from "./http/route.ts";
import { Nonces } from "./identity/nonces.ts";
import { rememberedServer, rememberServer } from "./identity/queries.ts";
import { openServerKeys, type ServerKeys } from "./identity/server-keys.ts";
import { ServedIndex } from "./indexing/served-index.ts";
import { type Listener, listen, type Timeouts } from "./listening.ts";
import { Countries } from "./location/countries.ts";
import { openLog } from "./logs/request-log.ts";
import { measured } from "./metrics/measured-log.ts";
import { Metrics } from "./metrics/metrics.ts";
import { type NetworkOptions, type Plan, planNetwork } from "./network.ts";
import { openStore } from "./open-store.ts";
import { Lookups } from "./privacy/lookups.ts";
import { tendDeletions } from "./privacy/pending.ts";
import { Daily, runRetention } from "./privacy/retention.ts";
import { tendReleased } from "./privacy/rules.ts";
import { openLedger } from "./privacy/start.ts";
import { tendUnreached } from "./privacy/unreached.ts";
import { keepTitles } from "./search/keep-titles.ts";
import { Rollups } from "./search/rollups.ts";
import type { Services } from "./services.ts";
import { ownDataDirectory } from "./store/data-directory.ts";
import { FleetJobs } from "./store/fleet-jobs.ts";
import { protocolScope } from "./store/scope.ts";
import type { Store } from "./store/store.ts";

export interface ServerOptions extends NetworkOptions {
  readonly directory: string;
  /** PostgreSQL's URL, where the store is not a file of the directory. */
  readonly database?: string;
  /** The OS account that runs it. */
  readonly operator: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The sections that it takes, where that is not all that it knows; for tests of an older server. */
  readonly accepts?: Readonly<Record<string, number>>;
  /** What connections get, where it is not the configuration's; for tests. */
  readonly timeouts?: Partial<Timeouts & { readonly patience: number }>;
  /** How bodies are decoded off the event loop, where it is not the usual way; for tests. */
  readonly decoding?: ThreadOptions;
}

export interface RunningServer {
  /** `http://HOST:PORT` or `https://HOST:PORT` with the port that was taken, or null. */
  readonly url: string | null;
  /** That of the page and the API, where they have a listener of their own. */
  readonly adminUrl: string | null;
  /** By which other machines reach it, or null. */
  readonly publicUrl: string | null;
  readonly directory: string;
  /** The server's id. */
  readonly id: string;
  /** What is being received and decoded, in bytes. */
  readonly memory: Pick<MemoryBudget, "inUse" | "peak">;
  readonly routes: readonly Route[];
  /** Does what is due by the clock, as the server does by itself every minute: keys and certificates. */
  tend(): Promise<void>;
  /** Finishes what is in flight, commits, checkpoints, lets go of the directory. May be called again. */
  stop(): Promise<void>;
}

/** What one connection gets, milliseconds; Node's own defaults are looser. */
const timeoutsOf = (config: Config): Timeouts => ({
  headersTimeout: config["server.headersSeconds"] * 1_000,
  requestTimeout: config["server.bodySeconds"] * 1_000,
  keepAliveTimeout: config["server.keepAliveSeconds"] * 1_000,
  connectionsCheckingInterval: Math.min(config["server.headersSeconds"] * 200, 2_000),
});

/** How often it looks what is due. */
const tendMilliseconds = 60_000;

type Opened = Omit<Plan, "where"> & { readonly where: ListenOptions };
/** The file system decides who may speak through a local socket. */
const forItsOwner = { shown: null, admits: () => true };

/** How long a body may come too slowly, milliseconds. */
const patience = 5_000;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const directory = ownDataDirectory(options.directory);
  const undo: Step[] = [() => directory.release()];
  try {
    removeLeftCopies(directory.path);
    const config = readConfig(directory.path);
    const database = options.database ?? config["database.url"];
    const metrics = config["metrics.enabled"] ? await Metrics.open(options.now) : null;
    undo.push(() => metrics?.close());
    const log = measured(await openLog(directory.requestLog, options.now, config["logs.fileBytes"]), metrics);
    undo.push(() => log.close());
    const limits = {
      milliseconds: config["search.seconds"] * 1_000,
      mostWaiting: config["search.waiting"],
    };
    const store = await openStore(directory, database, {
      ...limits,
      fault: (error) => log.fault(error, "store"),
    });
    undo.push(() => store.close());
    const { newest: atStart } = await store.log.reach();
    if (metrics) store.commits.watch((committed) => metrics.committed(committed));
    const keys = await keysOf(store, directory.path, options.now);
    // The last that this process enters is joined, too; where that cannot be, another or the next one does it.
    const chains = new ChainJoiner({ store, keys, now: options.now });
    undo.push(() => chains.join().catch(() => {}));
    const ledger = await openLedger(store, directory, config);
    const index = new ServedIndex({
      database: database || directory.database,
      directory: directory.index,
      current: store.quick?.current.buffers,
      atStart,
      ...limits,
      log: store.log,
      now: options.now,
      fault: (error) => log.fault(error, "index"),
    });
    undo.push(() => index.close());
    const lookups = new Lookups({
      store,
      now: options.now,
      fault: (error) => log.fault(error, "lookups"),
    });
    undo.push(() => lookups.flush());
    const network = await planNetwork(options, directory.path, keys, options.now);
    const listeners: Listener[] = [];
    const showRenewed = async (): Promise<void> => {
      const { certificate } = network;
      if (certificate && (await certificate.tend()))
        for (const listener of listeners) listener.show(certificate.shown);
    };
    const tend = (): Promise<void> =>
      doAll([
        () => keys.tend(),
        showRenewed,
        ...jobs.steps,
        () => tendDeletions({ store, ledger }),
        () => tendReleased({ store }),
        () => chains.join(),
        () => index.shortenLog(),
        () => removeAbandonedCopy(directory.path),
      ]);
    const jobs = new FleetJobs(store, {
      doubts: () => tendDoubts({ store, config, now: options.now }),
      unreached: () => tendUnreached({ store, ledger, config, now: options.now }),
      titles: () => titles.tend(options.now()).catch(unlessBusy),
      rollups: () => rollups.tend(options.now()).catch(unlessBusy),
      retention: () => retention.tend(options.now()),
    });
    const decoding = new Decoding(new MemoryBudget(config["server.decodingBytes"]), options.decoding);
    undo.push(() => decoding.close());
    const services: Services = {
      store,
      index,
      config,
      keys,
      nonces: new Nonces(options.now),
      ledger,
      decoding,
      bodyPatience: options.timeouts?.patience ?? patience,
      lookups,
      countries: new Countries(),
      metrics,
      directory: directory.path,
      requestLog: directory.requestLog,
      policy: { version: 0, digest: catalogueDigest },
      accepts: { sections: options.accepts ?? accepts, digest: digestOf(options.accepts ?? accepts) },
      localUrl: `unix:${directory.agentSocket}`,
      publicAddress: network.address,
      proxies: network.proxies,
      operator: options.operator,
      now: options.now,
      alarm: (alarm) => log.alarm(alarm),
      removed: (rows) => log.removed(rows),
      tend,
    };
    const rollups = new Rollups(services);
    const titles = new Daily(() => keepTitles(services));
    const retention = new Daily(async () => void (await runRetention(services)));
    const doors = new WeakMap<object, Door>();
    const app = createApp(
      services,
      log,
      (request: IncomingMessage) => doors.get(request.socket) ?? "network",
    );
    undo.push(() => finishAll(listeners, config["server.stopSeconds"]));
    const allowed = { ...timeoutsOf(config), ...options.timeouts };
    const mostSockets = config["server.sockets"];
    const open = async (plan: Opened): Promise<string | null> => {
      const listener = await listen(app, { ...plan, timeouts: allowed, mostSockets }, (socket) =>
        doors.set(socket, plan.door),
      );
      listeners.push(listener);
      return listener.url;
    };
    const openLocal = async (door: Door, path: string): Promise<void> => {
      // By its own path: under that by which a long one is reached, Node would not find it any more.
      undo.push(() => rmSync(path, { force: true }));
      await openSocket(path, (address) => open({ door, where: { path: address }, ...forItsOwner }));
    };
    await openLocal("control-socket", directory.controlSocket);
    await openLocal("agent-socket", directory.agentSocket);
    const url = network.main && (await open(network.main));
    const adminUrl = network.admin && (await open(network.admin));
    const timer = setInterval(() => void tend().catch((error) => log.fault(error, "tend")), tendMilliseconds);
    undo.push(() => clearInterval(timer));
    let stopped: Promise<void> | null = null;
    return {
      url,
      adminUrl,
      publicUrl: network.address.url,
      directory: directory.path,
      id: keys.identity.publicKey,
      memory: decoding.budget,
      routes: app.routes,
      tend,
      stop: () => (stopped ??= undoAll(undo)),
    };
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

/** The keys that belong to the store's database, which remembers whose it is from the first start on. */
async function keysOf(store: Store, directory: string, now: () => number): Promise<ServerKeys> {
  const remembered = await store.read(rememberedServer, protocolScope, null);
  const keys = openServerKeys(directory, now, remembered);
  if (remembered === null) await store.commit([rememberServer(keys.identity.publicKey)]);
  return keys;
}

/** It is done when it is not. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof RollcallError) || error.code !== "busy") throw error;
}

type Step = () => unknown;

/** In the reverse order of what was done. */
const undoAll = (steps: Step[]): Promise<void> => doAll(steps.splice(0).reverse());

/** Every step is tried, whatever becomes of those before it; the first failure is told. */
async function doAll(steps: readonly Step[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** A local socket that its owner alone can open. One that a killed server left behind is removed first: the directory is ours. */
async function openSocket(path: string, open: (address: string) => Promise<unknown>): Promise<void> {
  rmSync(path, { force: true });
  await withSocketPath(path, open);
  chmodSync(path, 0o600);
}

/** Takes no new connections anywhere, lets requests in flight finish, and cuts what is left after `seconds`. */
async function finishAll(listeners: readonly Listener[], seconds: number): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.finish(seconds)));
}
