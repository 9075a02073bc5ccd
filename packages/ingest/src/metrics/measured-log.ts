/** The request log, with what it is told counted on the way. */
import type { ServerLog } from "../logs/request-log.ts";
import type { Metrics } from "./metrics.ts";

/** The log itself where metrics are off. */
export function measured(log: ServerLog, metrics: Metrics | null): ServerLog {
  if (metrics === null) return log;
  return {
    request(line) {
      metrics.request(line);
      log.request(line);
    },
    alarm(alarm) {
      metrics.alarm(alarm.kind);
      log.alarm(alarm);
    },
    removed(rows) {
      metrics.removed(rows);
      log.removed(rows);
    },
    fault(error, requestId) {
      metrics.fault();
      log.fault(error, requestId);
    },
    close: () => log.close(),
  };
}
