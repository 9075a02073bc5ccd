/**
 * Who looked at whose data: every answer with something of a device is remembered for the person there, by role and
 * account, within a second of it. A list that names a device counts once a day for each account.
 */
import type { Purpose } from "@rollcall/protocol";
import type { CallingAccount } from "../accounts/caller.ts";
import { day } from "../milliseconds.ts";
import type { Store } from "../store/store.ts";
import { type Lookup, storeLookups } from "./lookup-queries.ts";

/** `list`: a device was one of those that a question found; `record`: everything of this one was read. */
export type Looked = Lookup["what"];

/** A question that finds no more devices than this tells of each of them, even where its answer only counts. */
export const fewDevices = 20;

const batchMilliseconds = 250;
/** Lists remembered as told today; further ones are written again, which changes nothing. */
const mostSeen = 100_000;

interface Options {
  readonly store: Pick<Store, "commit">;
  readonly now: () => number;
  readonly fault: (error: unknown) => void;
}

export class Lookups {
  readonly #options: Options;
  #waiting = new Map<string, Lookup>();
  #seen = new Set<string>();
  #seenOn = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  readonly #finding = new Set<Promise<void>>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Remembers that an account was told of these devices (their ordinals). Costs the answer nothing. */
  record({ name, role }: CallingAccount, what: Looked, devices: readonly number[]): void {
    const at = this.#options.now();
    const today = Math.floor(at / day);
    const purpose: Purpose = "inventory";
    if (today !== this.#seenOn || this.#seen.size > mostSeen) this.#seen.clear();
    this.#seenOn = today;
    for (const device of devices) {
      const key = JSON.stringify([device, name, role, what]);
      if (what === "list" && this.#seen.has(key)) continue;
      this.#seen.add(key);
      const before = this.#waiting.get(key);
      const times = (before?.times ?? 0) + 1;
      const first = before?.firstAt ?? at;
      this.#waiting.set(key, {
        device,
        day: today,
        account: name,
        role,
        purpose,
        what,
        firstAt: first,
        lastAt: at,
        times,
      });
    }
    this.#soon();
  }

  /** The same for an answer that counts: `found` is asked, behind the answer, which devices it counted. */
  recordFew(caller: CallingAccount, found: () => Promise<readonly number[]>): void {
    const finding = found()
      .then((devices) => {
        if (devices.length <= fewDevices) this.record(caller, "list", devices);
      })
      .catch(this.#options.fault)
      .finally(() => this.#finding.delete(finding));
    this.#finding.add(finding);
  }

  /** Resolves when everything recorded so far is on the disk. */
  async flush(): Promise<void> {
    await Promise.all(this.#finding);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  #soon(): void {
    if (this.#waiting.size === 0) return;
    this.#timer ??= setTimeout(() => void this.flush(), batchMilliseconds);
  }

  async #write(): Promise<void> {
    const lookups = [...this.#waiting.values()];
    this.#waiting.clear();
    if (lookups.length === 0) return;
    try {
      await this.#options.store.commit([storeLookups(lookups)]);
    } catch (error) {
      this.#options.fault(error);
      this.#seen.clear();
    }
  }
}
