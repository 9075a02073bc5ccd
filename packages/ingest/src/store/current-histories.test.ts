/** After any history of check-ins, deletions, restarts and crashes what is current is what a plain replay of it gives. */
import { copyFileSync, existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { bareInstallations, goneInstallation, quickOf } from "../testing/bare-installations.ts";
import { Chance } from "../testing/chance.ts";
import { rounds } from "../testing/long.ts";
import { perSlice } from "./column.ts";
import type { QuickCheckIn } from "./quick-check-in.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

/** In several slices, and on both sides of their bounds. */
const ordinals = [1, 2, perSlice - 1, perSlice, 3 * perSlice + 5];
const steps = 60;

/** What a killed process would leave of the files. */
async function opensAfterCrash(file: string, directory: string): Promise<readonly QuickCheckIn[]> {
  const copy = join(mkdtempSync(join(directory, "crash-")), "rollcall.db");
  for (const end of ["", "-wal"]) if (existsSync(file + end)) copyFileSync(file + end, copy + end);
  const store = await openSqliteStore(copy);
  try {
    return known(store);
  } finally {
    await store.close();
  }
}

const known = (store: Store): readonly QuickCheckIn[] => [...quickOf(store).current.all()];

class History {
  readonly #chance: Chance;
  readonly #seed: number;
  readonly #latest = new Map<number, QuickCheckIn>();
  readonly #there = new Set(ordinals);
  #counter = 0;
  #step = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = new Chance(seed);
  }

  number(below: number, ...of: number[]): number {
    return this.#chance.number(this.#seed, this.#step, ...of) % below;
  }

  next(): void {
    this.#step++;
  }

  get expected(): readonly QuickCheckIn[] {
    return [...this.#latest.values()].sort((one, other) => one.installation - other.installation);
  }

  /** Several at once, some of one installation: then the second was decided by what the first changed. */
  async checkIns(store: Store): Promise<void> {
    const quick = quickOf(store);
    const of = [...this.#there].filter((_, index) => this.number(2, index, 1) === 0);
    await Promise.all(
      of.map(async (installation) => {
        const counter = ++this.#counter;
        const at = 1_795_000_000_000 + this.number(3) * 2 ** 32;
        const checkIn = {
          installation,
          counter,
          mark: counter * 7,
          at,
          intervalSeconds: 300 + this.number(9),
        };
        const version = quick.versionOf(installation);
        if (await quick.commit({ checkIn, version })) this.#latest.set(installation, checkIn);
        else throw new Error("nothing had changed");
      }),
    );
  }

  async forget(store: Store): Promise<void> {
    const [first] = [...this.#there].slice(this.number(this.#there.size));
    if (first === undefined) return;
    this.#there.delete(first);
    this.#latest.delete(first);
    await store.commit(goneInstallation(first));
  }
}

const seeds = rounds(12, 1_000);

t.test(`is what a plain replay gives, in ${seeds} histories`, async (t) => {
  const directory = t.testdir({});
  for (let seed = 1; seed <= seeds; seed++) {
    const history = new History(seed);
    const file = join(mkdtempSync(join(directory, "history-")), "rollcall.db");
    let store = await openSqliteStore(file);
    await store.commit(bareInstallations(ordinals));
    for (let step = 0; step < steps; step++, history.next()) {
      const choice = history.number(24, 7);
      if (choice < 14) await history.checkIns(store);
      else if (choice === 14) await history.forget(store);
      else if (choice < 19) await Promise.all([store.scrub(), history.checkIns(store)]);
      else if (choice < 22) t.same(await opensAfterCrash(file, directory), history.expected, `seed ${seed}`);
      else {
        await store.close();
        store = await openSqliteStore(file);
      }
      if (JSON.stringify(known(store)) !== JSON.stringify(history.expected))
        t.same(known(store), history.expected, `seed ${seed}, step ${step}`);
    }
    await store.close();
    t.same(await opensAfterCrash(file, directory), history.expected, `seed ${seed}, at the end`);
  }
});
