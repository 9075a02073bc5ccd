/** A stand-in for the store that an index follows: devices and a log in memory. */
import type { Change, IndexedDevice } from "../indexing/indexed-device.ts";
import type { LogEntry } from "../indexing/indexer.ts";
import type { Position } from "../indexing/part-file.ts";

/** What a store would hold: devices as they are, and the log of what changed. */
export class IndexedWorld {
  readonly devices = new Map<number, IndexedDevice>();
  readonly log: LogEntry[] = [];

  change(changes: readonly Change[]): void {
    for (const { ordinal, device } of changes) {
      if (device) this.devices.set(ordinal, device);
      else this.devices.delete(ordinal);
    }
    const dirty = changes.map(({ ordinal }) => ordinal);
    this.log.push({ dirty, position: { server: 1, seq: this.log.length + 1 } });
  }

  readonly read = async (ordinals: readonly number[]): Promise<Change[]> =>
    ordinals.map((ordinal) => ({ ordinal, device: this.devices.get(ordinal) ?? null }));

  readonly devicesFrom = async (ordinal: number, most: number): Promise<number[]> =>
    [...this.devices.keys()]
      .filter((each) => each >= ordinal)
      .sort((a, b) => a - b)
      .slice(0, most);

  get end(): Position {
    return { server: 1, seq: this.log.length };
  }
}
