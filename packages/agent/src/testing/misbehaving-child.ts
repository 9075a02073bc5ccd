/** A process that looks at the machine with collectors that do what must not cost another section anything. */
import type { AnyCollector } from "../collecting/run-collector.ts";
import { serveTask } from "../collecting/serve-task.ts";

type Collect = NonNullable<AnyCollector["platforms"]["linux"]>["collect"];

const misbehaviours: Readonly<Record<string, Collect>> = {
  identifiers: () => {
    throw new Error("thrown by a collector");
  },
  // Nothing but an end of the process ends this.
  installation: () => {
    for (;;);
  },
  memory: () => ({ document: { total: 2 ** 30 } }),
  network: () => process.abort(),
  "operating-system": () => new Promise(() => setInterval(() => undefined, 1_000)),
  processor: () => ({ document: { cores: -1, threads: Number.NaN, architecture: "x86_64", unheardOf: {} } }),
  storage: () => ({ document: {}, readings: { uptime: "long" } as never }),
  system: () => process.exit(0),
};

serveTask(
  Object.entries(misbehaviours).map(([section, collect]) => ({
    section,
    platforms: { linux: { reads: [], collect } },
  })),
);
