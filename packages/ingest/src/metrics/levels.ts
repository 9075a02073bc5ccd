/** What is read off the server at the moment when somebody asks. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { quietOf } from "../inventory/device-state.ts";
import type { Services } from "../services.ts";
import { pathsIn } from "../store/data-directory.ts";
import { protocolScope } from "../store/scope.ts";
import type { Levels } from "./metrics.ts";
import { type DevicesByState, devicesByState } from "./queries.ts";

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function sizeOfFolder(path: string): number {
  if (!statSync(path, { throwIfNoEntry: false })) return 0;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function filesIn(directory: string): Levels["files"] {
  const { database, requestLog, path } = pathsIn(directory);
  return {
    database: sizeOf(database),
    wal: sizeOf(`${database}-wal`),
    index: sizeOfFolder(join(path, "index")),
    "requests.log": sizeOf(requestLog),
  };
}

const minute = 60_000;

/** Counts devices once a minute at most, however often it is asked. */
function countedNowAndThen({ store, config, now }: Services): () => Promise<DevicesByState> {
  let counted: { readonly at: number; readonly devices: Promise<DevicesByState> } | null = null;
  return () => {
    const at = now();
    if (counted === null || Math.abs(at - counted.at) >= minute) {
      const devices = store.read(devicesByState, protocolScope, { now: at, ...quietOf(config) });
      counted = { at, devices };
      devices.catch(() => {
        counted = null;
      });
    }
    return counted.devices;
  };
}

export function levelsOf(services: Services): () => Promise<Levels> {
  const { store, decoding, directory } = services;
  const devices = countedNowAndThen(services);
  return async () => ({
    waiting: { commits: store.commits.waiting, decoding: decoding.waiting },
    decoding: decoding.budget,
    files: filesIn(directory),
    devices: { ...(await devices()) },
  });
}
