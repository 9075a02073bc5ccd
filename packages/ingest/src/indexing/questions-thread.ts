/** What runs in the thread of questions: the index's asking side, one question at a time. */
import { workerData } from "node:worker_threads";
import { everyDevice, RollcallError } from "@rollcall/protocol";
import { sql } from "kysely";
import { CurrentValues, nothingCurrent } from "../store/current-values.ts";
import { MovedDevices } from "../store/moved-devices.ts";
import type { SearchIndex } from "../store/search-index.ts";
import { serveAsked } from "../store/serve-asked.ts";
import { openTruth } from "../store/truth.ts";
import type { AskedWith, IndexFiles, Question, QuestionAnswer } from "./index-asks.ts";
import { IndexDamaged } from "./index-damaged.ts";
import { IndexReader } from "./index-reader.ts";
import { LiveColumns, needsLive } from "./live-devices.ts";
import type { Position } from "./part-file.ts";

const { database, directory, milliseconds, moved, current } = workerData as IndexFiles; // as who starts it hands it over
const { queries } = openTruth(database);
const live = new LiveColumns(
  moved && new MovedDevices(moved),
  current ? new CurrentValues(current) : nothingCurrent,
);
const reader = new IndexReader(directory, live, milliseconds);

/** Whether a question depends on more than the index has. */
const dependsOnLive: { readonly [Name in keyof SearchIndex]: (...asked: AskedWith<Name>) => boolean } = {
  devices: (scope, query, { order }) => needsLive(scope, query, order),
  among: (scope, query) => needsLive(scope, query),
  facet: (scope, _field, query) => needsLive(scope, query),
  holders: (scope) => needsLive(scope, everyDevice),
  titles: (scope, _words, query) => needsLive(scope, query),
  titlesByCount: (scope, _words, query) => needsLive(scope, query),
};

/** When the first change was committed that comes after these positions; null where there is none. */
async function lackingFrom(positions: readonly Position[]): Promise<number | null> {
  const { rows } = await sql<{ server: number; last: number }>`
    select server, max(seq) as last from log group by server
  `.execute(queries);
  const times: number[] = [];
  for (const { server, last } of rows) {
    const seq = positions.find((each) => each.server === server)?.seq ?? 0;
    if (seq >= last) continue;
    const next = await queries
      .selectFrom("log")
      .select("at")
      .where("server", "=", server)
      .where("seq", ">", seq)
      .orderBy("seq")
      .limit(1)
      .executeTakeFirst();
    if (next) times.push(next.at);
  }
  return times.length === 0 ? null : Math.min(...times);
}

async function answered<Name extends keyof SearchIndex>({ name, asked }: Question<Name>) {
  const lacksFrom = await lackingFrom(reader.position());
  // Whoever asks gives each question its own arguments, which no compiler follows through a table.
  const [depends, ask] = [dependsOnLive[name], reader[name].bind(reader)] as unknown as [
    (...asked: AskedWith<Name>) => boolean,
    (...asked: AskedWith<Name>) => Promise<unknown>,
  ];
  if (depends(...asked)) await live.read(queries);
  return { answer: await ask(...asked), lacksFrom };
}

async function answer(question: Question): Promise<QuestionAnswer> {
  try {
    return await answered(question);
  } catch (error) {
    if (error instanceof IndexDamaged) return { damage: error.message };
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new RollcallError("busy", { retryAfterSeconds: 1, cause: error });
    throw error;
  }
}

/** One question after the other: what one reads of devices is not another's. */
let turn: Promise<unknown> = Promise.resolve();

serveAsked((question: Question) => {
  const done = turn.then(() => answer(question));
  turn = done.catch(() => undefined);
  return done;
});
