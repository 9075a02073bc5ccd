/** The request log: one line for each request, never the raw query, addresses cut to their network. */
import { existsSync, statSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { type Logger, pino } from "pino";
import { reasonsOf } from "./failure.ts";
import { LineFile } from "./line-file.ts";
import { asideName, isSameDay } from "./old-logs.ts";

export interface RequestLine {
  readonly method: string;
  /** The route's pattern, or `-` where none fits. */
  readonly route: string;
  readonly status: number;
  readonly durationMilliseconds: number;
  readonly requestId: string;
  readonly address: string | null;
  /** The calling device's ordinal. */
  readonly device?: number;
  /** The calling account. */
  readonly account?: string;
}

/** An address cut to /24 (IPv4) or /48 (IPv6), or null for a local socket. */
export function cutAddress(address: string | undefined): string | null {
  if (address === undefined || address === "") return null;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIPv4(plain)) return `${plain.split(".").slice(0, 3).join(".")}.0/24`;
  if (!isIPv6(plain)) return null;
  const kept = expanded(plain).slice(0, 3);
  while (kept.at(-1) === "0") kept.pop();
  return `${kept.join(":")}::/48`;
}

/** The eight groups of an IPv6 address without leading zeros; an IPv4 address at its end stands for two of them. */
function expanded(address: string): string[] {
  const [zoned = ""] = address.split("%");
  const bare = zoned.replace(/[^:]*\.[^:]*$/, "0:0");
  const [head = "", tail] = bare.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...zeros, ...back].map((group) => group.replace(/^0+(?=.)/, "").toLowerCase());
}

/** What whoever runs the server has to look at: a device did what no agent of ours does. */
export type Alarm = {
  /** The device's ordinal. */
  readonly device: number;
} & (
  | {
      readonly kind: "section-not-granted";
      /** Names of the sections; nothing of what they hold. */
      readonly sections: readonly string[];
    }
  /** Its state was copied or restored. */
  | { readonly kind: "identity-in-doubt" }
);

export interface ServerLog {
  request(line: RequestLine): void;
  alarm(alarm: Alarm): void;
  /** Retention has removed rows, by table. */
  removed(rows: Readonly<Record<string, number>>): void;
  /** Something failed that is the server's own fault. */
  fault(error: unknown, requestId: string): void;
  /** Resolves when every line is in the file; what is told later is lost. */
  close(): Promise<void>;
}

/**
 * Appends NDJSON lines to a file that its owner alone can read. Another one is begun with each day, and when one has
 * `mostBytes`; the present one has no day in its name.
 */
export async function openLog(
  path: string,
  now: () => number = Date.now,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<ServerLog> {
  const isoNow = () => new Date(now()).toISOString();
  const file = await LineFile.open(
    path,
    (lines) => JSON.stringify({ level: "error", time: isoNow(), lines, msg: "lost" }),
    whenFull(path, now, mostBytes),
  );
  const logger: Logger = pino(
    {
      base: null,
      timestamp: () => `,"time":"${isoNow()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    file,
  );
  return {
    request: (line) => logger.info(line, "request"),
    alarm: (alarm) => logger.warn(alarm, "alarm"),
    removed: (rows) => logger.info({ rows }, "retention"),
    fault: (error, requestId) => logger.error({ requestId, reasons: reasonsOf(error) }, "fault"),
    close: () => file.close(),
  };
}

/** Asked before each write: where the present log goes, once there is a new day, or it is long enough. */
function whenFull(path: string, now: () => number, mostBytes: number): () => string | null {
  const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let day = existsSync(path) && size() > 0 ? statSync(path).mtimeMs : now();
  return () => {
    if (isSameDay(day, now()) && size() < mostBytes) return null;
    const aside = asideName(path, day);
    day = now();
    return aside;
  };
}
