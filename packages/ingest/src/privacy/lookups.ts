/**
 * Who looked at whose data: every answer with something of a device is remembered for the person there, by role and
 * account, within a second of it. A list that names a device counts once a day for each account.
 */
import type { Purpose } from "@rollcall/protocol";
import type { CallingAccount } from "../accounts/caller.ts";
import { day } from "../milliseconds.ts";
import type { Store } from "../store/store.ts";
import { type Lookup, storeLookups } from "./lookup-queries.ts";
import { ToldLists } from "./told-lists.ts";

/** `list`: a device was one of those that a question found; `record`: everything of this one was read. */
export type Looked = Lookup["what"];

/** A question that finds no more devices than this tells of each of them, even where its answer only counts. */
export const fewDevices = 20;

const batchMilliseconds = 250;
/** Rows of one transaction: who reads all devices to the end is told of to each of them. */
const atOnce = 500;

interface Options {
  readonly store: Pick<Store, "commit">;
  readonly now: () => number;
  readonly fault: (error: unknown) => void;
}

export class Lookups {
  readonly #options: Options;
  #waiting = new Map<string, Lookup>();
  /** Today; what is told of again after it was let go of is written again, which changes nothing. */
  readonly #told = new ToldLists();
  #toldOn = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  readonly #finding = new Set<Promise<void>>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Remembers that an account was told of these devices (their ordinals). Costs the answer nothing. */
  record(caller: CallingAccount, what: Looked, devices: readonly number[]): void {
    const { name, role } = caller;
    const at = this.#options.now();
    const today = Math.floor(at / day);
    const purpose: Purpose = "inventory";
    if (today !== this.#toldOn) this.#told.forget();
    this.#toldOn = today;
    for (const device of devices) {
      if (what === "list" && this.#told.tell(caller, device)) continue;
      const key = JSON.stringify([device, name, role, what]);
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
      for (let from = 0; from < lookups.length; from += atOnce)
        await this.#options.store.commit([storeLookups(lookups.slice(from, from + atOnce))]);
    } catch (error) {
      this.#options.fault(error);
      this.#told.forget();
    }
  }
}
