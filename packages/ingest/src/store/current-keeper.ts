/**
 * Keeps the current values: applies what was committed, before anybody is told of it, and writes the log of check-ins
 * back into them. A slice is written as it stands in memory, whatever goes on; what the log has before that began is
 * then in it, and is removed. Ended anywhere, log and slices give the same again.
 */
import type { ChangedInstallations } from "./changed-installations.ts";
import { perSlice } from "./column.ts";
import type { CurrentValues } from "./current-values.ts";
import type { QuickCheckIn } from "./quick-check-in.ts";
import { RowVersions } from "./row-versions.ts";
import type { Writer } from "./sqlite-writer.ts";
import type { Decided } from "./store.ts";

/** Check-ins in the log from which on it is written back, and no sooner than one for each that there is room for. */
const fewest = 65_536;
/** Slices that are written in one transaction. */
const slicesAtOnce = 8;

type Between = <Told>(work: () => Promise<Told>) => Promise<Told>;

const sliceOf = (installation: number): number => Math.floor(installation / perSlice);

export class CurrentKeeper {
  readonly current: CurrentValues;
  readonly versions = new RowVersions();
  /** Slices that are not on the disk as they are. */
  #touched: Set<number>;
  /** Check-ins since the last time that they were written back. */
  #behind: number;
  #writing: Promise<void> | null = null;

  /** `behind`: the ordinals whose values are in the log only. */
  constructor(current: CurrentValues, behind: readonly number[]) {
    this.current = current;
    this.#touched = new Set(behind.map(sliceOf));
    this.#behind = behind.length;
  }

  /** Whether nothing has changed of what a check-in was decided by. */
  holds({ checkIn, version }: Decided): boolean {
    return this.versions.of(checkIn.installation) === version;
  }

  committed(checkIns: readonly QuickCheckIn[], { changed, gone }: ChangedInstallations): void {
    for (const each of checkIns) {
      this.current.set(each);
      this.#touched.add(sliceOf(each.installation));
    }
    for (const installation of changed) this.versions.change(installation);
    for (const installation of gone) this.#forget(installation);
    this.#behind += checkIns.length;
  }

  get isDue(): boolean {
    return this.#writing === null && this.#behind >= Math.max(fewest, this.current.room);
  }

  /** Resolves when the log has nothing of what was committed before. */
  writeBack(writer: Writer, between: Between): Promise<void> {
    // One after the other: what one has removed from the log another must not have yet to write.
    const before = this.#writing ?? Promise.resolve();
    const writing = before
      .catch(() => {})
      .then(() => this.#written(writer, between))
      .finally(() => {
        if (this.#writing === writing) this.#writing = null;
      });
    this.#writing = writing;
    return writing;
  }

  async #written(writer: Writer, between: Between): Promise<void> {
    const { newest, touched } = await between(() => this.#begin(writer));
    try {
      for (let from = 0; from < touched.length; from += slicesAtOnce)
        await between(() => writer.keepCurrent(touched.slice(from, from + slicesAtOnce)));
    } catch (error) {
      for (const slice of touched) this.#touched.add(slice);
      throw error;
    }
    while (newest > 0 && (await between(() => writer.truncateCheckIns(newest))) > 0);
  }

  /** While no transaction is under way: everything that the log has is in memory. */
  async #begin(writer: Writer): Promise<{ newest: number; touched: readonly number[] }> {
    const newest = await writer.newestCheckIns();
    const touched = [...this.#touched];
    [this.#touched, this.#behind] = [new Set(), 0];
    return { newest, touched };
  }

  #forget(installation: number): void {
    if (this.current.laterAt(installation, 0) === null) return;
    this.current.clear(installation);
    this.#touched.add(sliceOf(installation));
  }
}
