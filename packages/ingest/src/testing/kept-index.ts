/** Whoever keeps an index, as its thread does it, in the test's own thread: it can be killed anywhere, and lose what it has. */
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { devicesFrom, readDevices } from "../indexing/device-source.ts";
import { IndexKeeper } from "../indexing/index-keeper.ts";
import { LogFollower } from "../indexing/log-follower.ts";
import { partFile } from "../indexing/part-file.ts";
import type { Truth as Devices } from "../indexing/reindex.ts";
import type { LogSource, Truth } from "../store/truth.ts";

export class KeptIndex {
  readonly #truth: Truth;
  readonly #directory: string;
  #at: string;
  /** null: it was killed, or ended by itself, and nobody has begun another. */
  #follower: LogFollower | null = null;
  /** What goes on by itself; settles in the end. */
  #going: Promise<unknown>[] = [];
  #former: string | null = null;
  #isStoreLost = false;

  /** `at`: where it is at first; without, there is none yet. */
  constructor(truth: Truth, directory: string, at?: string) {
    this.#truth = truth;
    this.#directory = directory;
    this.#at = at ?? this.#elsewhere();
  }

  /** Where it is now. */
  get at(): string {
    return this.#at;
  }

  /** Begins to read on, and does not wait for it. */
  async look(): Promise<void> {
    this.#goOn((await this.#begun()).look());
    await setImmediate();
  }

  /** Has everything in the end, however often it is begun anew. */
  async reach(): Promise<void> {
    for (;;) {
      const follower = await this.#begun();
      try {
        await follower.reached();
        return;
      } catch {
        await this.#end(follower);
      }
    }
  }

  async makeAnew(): Promise<void> {
    this.#goOn((await this.#begun()).keeper.reindex());
    await setImmediate();
  }

  async scrub(): Promise<void> {
    await (await this.#begun()).keeper.scrub();
  }

  async merged() {
    return (await this.#begun()).keeper.merged;
  }

  /** The next time that it reads anything, the store is gone. */
  loseStore(): void {
    this.#isStoreLost = true;
  }

  /** What was on the disk at this moment is what the next one finds. */
  async kill(): Promise<void> {
    const copy = this.#elsewhere();
    for (const name of ["", ".new"])
      if (existsSync(this.#at + name)) cpSync(this.#at + name, copy + name, { recursive: true });
    if (this.#follower) await this.#end(this.#follower);
    this.#at = copy;
  }

  /** Killed after the former was removed, before the new one took its place. */
  async killInSwap(): Promise<void> {
    await this.kill();
    if (!existsSync(this.#at)) return;
    rmSync(`${this.#at}.new`, { recursive: true, force: true });
    renameSync(this.#at, `${this.#at}.new`);
  }

  async loseFiles(): Promise<void> {
    await this.kill();
    rmSync(this.#at, { recursive: true, force: true });
  }

  /** A file of it is cut short. */
  async cut(): Promise<void> {
    await this.kill();
    const file = partFile(this.#at, 0);
    if (existsSync(file)) truncateSync(file, 10_000);
  }

  /** Keeps a copy as it is now. */
  async keep(): Promise<void> {
    await this.kill();
    this.#former = this.#at;
    this.#at = this.#elsewhere();
    if (existsSync(this.#former)) cpSync(this.#former, this.#at, { recursive: true });
  }

  /** That copy takes the place of what has become of it since. */
  async putBack(): Promise<void> {
    if (!this.#former || !existsSync(this.#former)) return;
    await this.kill();
    rmSync(this.#at, { recursive: true, force: true });
    cpSync(this.#former, this.#at, { recursive: true });
  }

  async close(): Promise<void> {
    if (this.#follower) await this.#end(this.#follower);
  }

  async #begun(): Promise<LogFollower> {
    while (!this.#follower) {
      try {
        this.#follower = await this.#begin();
      } catch (error) {
        if (!(error instanceof StoreLost)) throw error;
      }
    }
    return this.#follower;
  }

  async #begin(): Promise<LogFollower> {
    const { queries, log } = this.#truth;
    const devices: Devices = {
      read: async (ordinals) => this.#read(() => readDevices(queries, ordinals)),
      devicesFrom: async (ordinal, most) => this.#read(() => devicesFrom(queries, ordinal, most)),
    };
    const source: LogSource = {
      reach: async () => this.#read(() => log.reach()),
      after: async (position, most) => this.#read(() => log.after(position, most)),
    };
    const keeper = await IndexKeeper.open(this.#at, devices, await source.reach(), () => {});
    return new LogFollower(keeper, source);
  }

  /** Takes its turn, so that anything may happen before and after. */
  async #read<T>(read: () => T): Promise<Awaited<T>> {
    await setImmediate();
    if (this.#isStoreLost) {
      this.#isStoreLost = false;
      throw new StoreLost("the connection to the store was lost");
    }
    return await read();
  }

  #goOn(work: Promise<unknown>): void {
    this.#going.push(work.catch(() => undefined));
  }

  async #end(follower: LogFollower): Promise<void> {
    this.#follower = null;
    await Promise.all(this.#going);
    this.#going = [];
    await follower.keeper.close();
  }

  #elsewhere(): string {
    return join(mkdtempSync(join(this.#directory, "kept-")), "index");
  }
}

class StoreLost extends Error {}
