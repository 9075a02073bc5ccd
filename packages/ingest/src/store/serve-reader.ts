/** What runs in a reader's thread: reads by the names of their kinds, which have to be loaded in it. */
import { workerData } from "node:worker_threads";
import { CurrentValues } from "./current-values.ts";
import { runRead } from "./kinds.ts";
import type { ReadAsk } from "./reader-threads.ts";
import { serveAsked } from "./serve-asked.ts";
import { connect } from "./sqlite-writer.ts";

export function serveReader(): void {
  const { queries } = connect(workerData as string, true); // the database's path, as who starts it hands it over
  const context = { current: new CurrentValues() };
  serveAsked(({ kind, scope, input }: ReadAsk) => runRead(kind, queries, scope, input, context));
}
