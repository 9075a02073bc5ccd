/** What runs in the indexer's thread: one index, kept as the log goes on. Asked as `IndexerAsk` says. */
import { workerData } from "node:worker_threads";
import { serveAsked } from "../store/serve-asked.ts";
import { openTruth } from "../store/truth.ts";
import { devicesFrom, readDevices } from "./device-source.ts";
import type { IndexerAsk, IndexFiles } from "./index-asks.ts";
import { IndexKeeper } from "./index-keeper.ts";
import { ItemValues } from "./item-values.ts";
import { LogFollower } from "./log-follower.ts";
import type { Position } from "./part-file.ts";

/** What a merge fails with ends the thread: the next one begins from what is on the disk. */
function end(reason: unknown): never {
  throw reason;
}

const items = new ItemValues();

async function opened(): Promise<LogFollower> {
  const { database, directory, atStart } = workerData as IndexFiles; // as who starts it hands it over
  const { queries, log } = openTruth(database);
  const truth = {
    read: (ordinals: readonly number[]) => readDevices(queries, ordinals, items),
    devicesFrom: (ordinal: number, most: number) => devicesFrom(queries, ordinal, most),
  };
  const { oldest, newest } = await log.reach();
  const keeper = await IndexKeeper.open(directory, truth, { oldest, newest: atStart ?? newest }, (reason) =>
    setImmediate(() => end(reason)),
  );
  const follower = new LogFollower(keeper, log);
  await follower.reached();
  // What was deleted when the server was killed may still stand in its files.
  await keeper.scrub();
  return follower;
}

const following = opened();
// Whoever asked is answered with it first; whoever asks then gets a thread that tries again.
following.catch((reason) => setImmediate(() => end(reason)));

async function answer({ name }: IndexerAsk): Promise<readonly Position[] | number | null> {
  const follower = await following;
  switch (name) {
    case "look":
      await follower.look();
      return null;
    case "reached":
      await follower.reached();
      return null;
    case "scrub":
      await follower.reached();
      items.forget();
      await follower.keeper.scrub();
      return null;
    case "merged":
      return follower.keeper.merged;
    case "close":
      await follower.keeper.close();
      return null;
    case "reindex":
      return await follower.keeper.reindex();
  }
}

serveAsked(answer);
