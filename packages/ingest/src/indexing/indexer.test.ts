/** Following a log: whatever changes, crashes and restarts there are, the index becomes what a reindex makes. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { indexContent } from "../testing/index-content.ts";
import { indexedDevices, indexedOrdinals } from "../testing/indexed-devices.ts";
import { IndexedWorld } from "../testing/indexed-world.ts";
import { rounds } from "../testing/long.ts";
import { IndexWriter } from "./index-writer.ts";
import type { Change } from "./indexed-device.ts";
import { Indexer, type Pace } from "./indexer.ts";
import { buildBeside, swapIn } from "./reindex.ts";

const directory = t.testdir({});
const fresh = (): string => join(mkdtempSync(join(directory, "data-")), "index");

/** An indexer that can lose what it has in memory, as a process that is killed. */
class Restarted {
  readonly #world: IndexedWorld;
  readonly #pace: Partial<Pace>;
  #at = fresh();
  #indexer: Indexer;
  #told = 0;

  constructor(world: IndexedWorld, pace: Partial<Pace>) {
    this.#world = world;
    this.#pace = pace;
    this.#indexer = this.#open();
  }

  tell(count: number): void {
    this.#indexer.tell(this.#world.log.slice(this.#told, this.#told + count));
    this.#told = Math.min(this.#told + count, this.#world.log.length);
  }

  /** Goes on with the files as they are at this moment. */
  async crash(): Promise<void> {
    const copy = fresh();
    cpSync(this.#at, copy, { recursive: true });
    await this.#indexer.close();
    this.#at = copy;
    this.#indexer = this.#open();
  }

  async ended(): Promise<string> {
    this.tell(this.#world.log.length);
    await this.#indexer.reached(this.#world.end);
    await this.#indexer.close();
    return this.#at;
  }

  #open(): Indexer {
    const writer = new IndexWriter(this.#at);
    this.#told = writer.position()[0]?.seq ?? 0;
    return new Indexer(writer, this.#world.read, () => {}, this.#pace);
  }
}

const changes = fc.array(fc.record({ ordinal: indexedOrdinals, device: indexedDevices }), { maxLength: 4 });
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: changes.map((made) => ({ did: "change" as const, made })) },
    { weight: 3, arbitrary: fc.nat(4).map((count) => ({ did: "tell" as const, count })) },
    { weight: 1, arbitrary: fc.constant({ did: "wait" as const }) },
    { weight: 1, arbitrary: fc.constant({ did: "crash" as const }) },
  ),
  { minLength: 1, maxLength: 25 },
);

t.test("equals after any history what a reindex makes", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(1, 3, 5_000), async (history, most) => {
      const world = new IndexedWorld();
      world.change([]);
      const indexer = new Restarted(world, { most, few: 1, patience: 0 });
      for (const step of history) {
        if (step.did === "change") world.change(step.made);
        else if (step.did === "tell") indexer.tell(step.count);
        else if (step.did === "crash") await indexer.crash();
        else await new Promise((resolve) => setImmediate(resolve));
      }
      const grown = await indexer.ended();
      const made = fresh();
      await buildBeside(made, world, [world.end]);
      swapIn(made);
      assert.deepEqual(indexContent(grown), indexContent(made));
    }),
    { numRuns: rounds(40, 3_000) },
  );
});

t.test("makes a new index beside one that is read, and puts it in its place", async (t) => {
  const world = new IndexedWorld();
  world.change(
    Array.from({ length: 300 }, (_, ordinal) => ({ ordinal, device: { sortName: "", values: [] } })),
  );
  const at = fresh();
  const old = new IndexWriter(at);
  old.merge([{ ordinal: 999, device: { sortName: "old", values: [] } }], [{ server: 1, seq: 1 }]);
  t.equal(await buildBeside(at, world, [world.end]), 300);
  t.same(Object.keys(indexContent(at).devices), ["999"], "until then the former one is there");
  old.close();
  swapIn(at);
  t.equal(Object.keys(indexContent(at).devices).length, 300);
  const writer = new IndexWriter(at);
  t.same(writer.position(), [world.end]);
  writer.close();
});

t.test("tells whoever waits why the index gets no further", async (t) => {
  const reason = new Error("the store is gone");
  const told: unknown[] = [];
  const indexer = new Indexer(
    new IndexWriter(fresh()),
    () => Promise.reject(reason),
    (failure) => told.push(failure),
  );
  const waiting = indexer.reached({ server: 1, seq: 1 });
  indexer.tell([{ dirty: [1], position: { server: 1, seq: 1 } }]);
  await t.rejects(waiting, reason);
  await t.rejects(indexer.reached({ server: 1, seq: 1 }), reason);
  t.same(told, [reason]);
  await indexer.close();
});

t.test("merges few at once, and waits for more where more have come", async (t) => {
  const merged: number[] = [];
  const read = async (ordinals: readonly number[]): Promise<Change[]> => {
    merged.push(ordinals.length);
    return [];
  };
  const pace = { few: 10, most: 50, patience: 60_000 };
  const indexer = new Indexer(new IndexWriter(fresh()), read, () => {}, pace);
  let seq = 0;
  const tell = (count: number) =>
    indexer.tell([
      {
        dirty: Array.from({ length: count }, (_, at) => seq * 100 + at),
        position: { server: 1, seq: ++seq },
      },
    ]);
  tell(9);
  await indexer.between(() => {});
  tell(20);
  tell(20);
  await indexer.between(() => {});
  t.same([merged, indexer.backlog], [[9], 40]);
  tell(20);
  await indexer.between(() => {});
  t.same([merged, indexer.backlog], [[9, 40], 20], "no more than fit into one merge");
  await indexer.reached({ server: 1, seq });
  t.same([merged, indexer.backlog], [[9, 40, 20], 0], "nor longer than somebody waits for them");
  await indexer.close();
});
