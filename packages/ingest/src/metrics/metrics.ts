/** What the server counts and measures of itself, in the form that Prometheus and its kin read. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DeviceState } from "../inventory/device-state.ts";
import type { Alarm } from "../logs/request-log.ts";
import { tables } from "../store/forgetting.ts";
import type { Committed } from "../store/group-commit.ts";
import { type MetricKind, type MetricName, metricTable } from "./table.ts";

type Kinds = typeof metricTable;
type Instrument<Kind> = Kind extends "counter" ? Counter : Kind extends "gauge" ? Gauge : Histogram;
type Instruments = { readonly [Name in MetricName]: Instrument<Kinds[Name]["kind"]> };

/** What is known of a request when it is answered. */
export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly durationMilliseconds: number;
}

/** What is read off when somebody asks, by label where a metric has one. */
export interface Levels {
  readonly waiting: Readonly<Record<"commits" | "decoding", number>>;
  readonly decoding: { readonly inUse: number; readonly peak: number; readonly most: number };
  /** Bytes. */
  readonly files: Readonly<Record<"database" | "wal" | "index" | "requests.log", number>>;
  readonly devices: Readonly<Record<DeviceState, number>>;
}

/** Methods beyond these are whatever somebody wrote. */
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE"]);

/** What retention removes from. */
const removedFrom: ReadonlySet<string> = new Set([...Object.keys(tables), "requests.log"]);

const known = (list: ReadonlySet<string>, value: string): string => (list.has(value) ? value : "other");

export class Metrics {
  readonly #registry: Registry;
  readonly #all: Instruments;
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  /** Those of each kind of answer, found by one key instead of by their labels. */
  readonly #requests = new Map<
    string,
    { readonly count: () => void; readonly took: (seconds: number) => void }
  >();

  /** The library is loaded where metrics are switched on, and nowhere else. */
  static async open(now: () => number): Promise<Metrics> {
    return new Metrics(await import("prom-client"), now);
  }

  private constructor(library: typeof import("prom-client"), now: () => number) {
    this.#registry = new library.Registry();
    this.#all = instrumentsIn(this.#registry, library);
    this.#all.rollcall_start_time_seconds.set(now() / 1_000);
    this.#delay.enable();
  }

  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";

  request({ method, route, status, durationMilliseconds }: Answered): void {
    const key = `${method} ${status} ${route}`;
    let told = this.#requests.get(key);
    if (!told) {
      const labels = [known(methods, method), route, `${Math.floor(status / 100)}xx`];
      const count = this.#all.rollcall_requests_total.labels(...labels);
      const took = this.#all.rollcall_request_seconds.labels(route);
      told = { count: () => count.inc(), took: (seconds) => took.observe(seconds) };
      if (methods.has(method)) this.#requests.set(key, told);
    }
    told.count();
    told.took(durationMilliseconds / 1_000);
  }

  committed({ batches, milliseconds }: Committed): void {
    this.#all.rollcall_commits_total.inc();
    this.#all.rollcall_commit_seconds.observe(milliseconds / 1_000);
    this.#all.rollcall_commit_batches.observe(batches);
  }

  /** Retention has removed rows, by table. */
  removed(rows: Readonly<Record<string, number>>): void {
    for (const [table, count] of Object.entries(rows))
      this.#all.rollcall_retention_removed_total.inc({ table: known(removedFrom, table) }, count);
  }

  alarm(kind: Alarm["kind"]): void {
    this.#all.rollcall_alarms_total.inc({ kind });
  }

  fault(): void {
    this.#all.rollcall_faults_total.inc();
  }

  /** Everything, with these levels, as text. */
  text({ waiting, decoding, files, devices }: Levels): Promise<string> {
    const all = this.#all;
    setAll(all.rollcall_waiting, "queue", waiting);
    setAll(all.rollcall_file_bytes, "file", files);
    setAll(all.rollcall_devices, "state", devices);
    all.rollcall_decoding_bytes.set(decoding.inUse);
    all.rollcall_decoding_peak_bytes.set(decoding.peak);
    all.rollcall_decoding_most_bytes.set(decoding.most);
    this.#setProcess();
    return this.#registry.metrics();
  }

  close(): void {
    this.#delay.disable();
  }

  #setProcess(): void {
    const { rollcall_event_loop_delay_seconds: delay, process_cpu_seconds_total: cpu } = this.#all;
    for (const quantile of [0.5, 0.99, 1])
      delay.set({ quantile: String(quantile) }, this.#delay.percentile(quantile * 100) / 1e9);
    this.#delay.reset();
    const { user, system } = process.cpuUsage();
    cpu.reset();
    cpu.inc((user + system) / 1e6);
    this.#all.process_resident_memory_bytes.set(process.memoryUsage.rss());
  }
}

function setAll(gauge: Gauge, label: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) gauge.set({ [label]: name }, value);
}

function instrumentsIn(registry: Registry, library: typeof import("prom-client")): Instruments {
  const make = (name: string, declared: MetricKind) => {
    const { is: help, labels = [] } = declared;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if ("buckets" in declared) return new library.Histogram({ ...options, buckets: [...declared.buckets] });
    return declared.kind === "counter" ? new library.Counter(options) : new library.Gauge(options);
  };
  const all = Object.entries<MetricKind>(metricTable).map(([name, declared]) => [name, make(name, declared)]);
  // Each is made after the very entry that its type follows from.
  return Object.fromEntries(all) as Instruments;
}
