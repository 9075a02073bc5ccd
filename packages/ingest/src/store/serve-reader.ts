/** What runs in a reader's thread: reads by the names of their kinds, which have to be loaded in it. */
import { workerData } from "node:worker_threads";
import { CurrentValues } from "./current-values.ts";
import { runRead } from "./kinds.ts";
import type { ReadAsk, ReadFrom } from "./reader-threads.ts";
import { serveAsked } from "./serve-asked.ts";
import { connect } from "./sqlite-writer.ts";

export function serveReader(): void {
  const { file, current } = workerData as ReadFrom; // as who starts it hands it over
  const { queries } = connect(file, true);
  const context = { current: new CurrentValues(current) };
  serveAsked(({ kind, scope, input }: ReadAsk) => runRead(kind, queries, scope, input, context));
}
