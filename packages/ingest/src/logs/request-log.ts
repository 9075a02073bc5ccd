/** The request log: one line for each request, never the raw query, addresses cut to their network. */
import { isIPv4, isIPv6 } from "node:net";
import { type DestinationStream, type Logger, pino } from "pino";

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
  return `${expanded(plain).slice(0, 3).join(":")}::/48`;
}

/** The eight groups of an IPv6 address without leading zeros. */
function expanded(address: string): string[] {
  const [bare = ""] = address.split("%");
  const [head = "", tail] = bare.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...zeros, ...back].map((group) => group.replace(/^0+(?=.)/, "").toLowerCase());
}

export interface ServerLog {
  request(line: RequestLine): void;
  /** Something failed that is the server's own fault. */
  fault(error: unknown, requestId: string): void;
  flush(): Promise<void>;
}

/** Writes NDJSON lines to a stream. */
export function openLog(
  destination: DestinationStream & { flush?: (done: (error?: Error) => void) => void },
): ServerLog {
  const logger: Logger = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    request: (line) => logger.info(line, "request"),
    fault: (error, requestId) => logger.error({ err: error, requestId }, "fault"),
    flush: () =>
      new Promise((resolve) => {
        logger.flush(() => resolve());
      }),
  };
}
