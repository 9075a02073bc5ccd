/**
 * Every metric that the server tells, in one table: `docs/metrics.md` follows from it, and what is not in it is not
 * told. Labels come from closed lists; none names a device, an account, an address or anything that somebody sent.
 */
interface Named {
  readonly is: string;
  readonly labels?: readonly string[];
}

export type MetricKind =
  | (Named & { readonly kind: "counter" | "gauge" })
  | (Named & { readonly kind: "histogram"; readonly buckets: readonly number[] });

/** Seconds, from what a check-in takes to what a request may take at all. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60] as const;

export const metricTable = {
  rollcall_requests_total: {
    kind: "counter",
    labels: ["method", "route", "status"],
    is: "Requests answered, by the route's pattern (`-` where none fits) and class of status (`2xx`).",
  },
  rollcall_request_seconds: {
    kind: "histogram",
    labels: ["route"],
    buckets: seconds,
    is: "How long requests took, from their head to their answer.",
  },
  rollcall_commits_total: { kind: "counter", is: "Transactions that are on the disk." },
  rollcall_commit_seconds: {
    kind: "histogram",
    buckets: seconds,
    is: "How long a transaction took, its fsync included.",
  },
  rollcall_commit_batches: {
    kind: "histogram",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024],
    is: "Requests' batches of writes that shared one transaction.",
  },
  rollcall_waiting: {
    kind: "gauge",
    labels: ["queue"],
    is: "What waits: batches of writes for a transaction (`commits`), bodies for the decoding thread (`decoding`).",
  },
  rollcall_decoding_bytes: { kind: "gauge", is: "Memory of what is being received and decoded." },
  rollcall_decoding_peak_bytes: { kind: "gauge", is: "The most that it ever was since the start." },
  rollcall_decoding_most_bytes: { kind: "gauge", is: "What it may be: `server.decodingBytes`." },
  rollcall_file_bytes: {
    kind: "gauge",
    labels: ["file"],
    is: "Size of the database, of its write-ahead log (`wal`), of the index's files, and of the present request log.",
  },
  rollcall_devices: {
    kind: "gauge",
    labels: ["state"],
    is: "Devices by state, counted once a minute.",
  },
  rollcall_retention_removed_total: {
    kind: "counter",
    labels: ["table"],
    is: "Rows that retention has removed, and files of the request log (`requests.log`).",
  },
  rollcall_alarms_total: {
    kind: "counter",
    labels: ["kind"],
    is: "Devices that did what no agent of ours does, as the request log tells it.",
  },
  rollcall_faults_total: {
    kind: "counter",
    is: "Failures that are the server's own, as the request log tells them.",
  },
  rollcall_event_loop_delay_seconds: {
    kind: "gauge",
    labels: ["quantile"],
    is: "How late the event loop was since the last time it was asked (`0.5`, `0.99`, `1` for the longest).",
  },
  rollcall_start_time_seconds: { kind: "gauge", is: "When the server started, seconds since 1970." },
  process_cpu_seconds_total: { kind: "counter", is: "Processor time of the process, all threads." },
  process_resident_memory_bytes: { kind: "gauge", is: "Resident memory of the process." },
} as const satisfies Record<string, MetricKind>;

export type MetricName = keyof typeof metricTable;
