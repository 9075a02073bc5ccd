/** What runs in the writer's thread: it does what it is asked, one after the other. */
import { parentPort } from "node:worker_threads";
import { packError } from "./crossed-error.ts";
import { CurrentValues } from "./current-values.ts";
import { MovedDevices } from "./moved-devices.ts";
import { openSqliteWriter, type Writer } from "./sqlite-writer.ts";
import type { WriterAnswer, WriterAsk } from "./writer-thread.ts";

const nothing = { settled: [], entry: null, changed: [], gone: [], told: null } as const;

/** Answers whoever started this thread. The kinds of writes have to be loaded in it by then. */
export function serveWriter(): void {
  let writer: Writer | null = null;
  let turn = Promise.resolve();
  const answer = async (message: WriterAsk): Promise<WriterAnswer> => {
    if (message.ask === "open") {
      const current = new CurrentValues(message.current);
      writer = await openSqliteWriter(message.file, current, new MovedDevices(message.moved));
      return nothing;
    }
    if (!writer) throw new Error("the database is not open");
    if (message.ask === "truncateLog") return { ...nothing, told: await writer.truncateLog(message.before) };
    if (message.ask === "scrub") return { ...nothing, told: await writer.scrub(message.slice) };
    if (message.ask === "truncateCheckIns")
      return { ...nothing, told: await writer.truncateCheckIns(message.upTo) };
    if (message.ask === "newestCheckIns") return { ...nothing, told: await writer.newestCheckIns() };
    if (message.ask === "keepCurrent") {
      await writer.keepCurrent(message.slices);
      return nothing;
    }
    if (message.ask !== "transact") {
      await writer[message.ask]();
      return nothing;
    }
    const { settled, ...written } = await writer.transact(message.batches, message.checkIns);
    return {
      ...nothing,
      ...written,
      settled: settled.map((each) => ("refused" in each ? { refused: packError(each.refused) } : each)),
    };
  };
  const reply = async (message: WriterAsk): Promise<void> => {
    const answered = await answer(message).catch((error: unknown) => ({ failure: packError(error) }));
    parentPort?.postMessage(answered);
  };
  parentPort?.on("message", (message: WriterAsk) => {
    turn = turn.then(() => reply(message));
  });
}
