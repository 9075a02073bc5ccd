/** Reads beside the event loop: they see what was committed, end in time, and hold up neither each other nor the end. */
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import t, { type Test } from "tap";
import { addApplication } from "../enrolment/application-queries.ts";
import { applicationNumbers, ending, endless } from "../testing/odd-reads.ts";
import type { Timer } from "./asked-thread.ts";
import { protocolScope } from "./scope.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

/** Timers that run out when the test says so. */
class Timers {
  readonly #running = new Set<() => void>();
  readonly #begun: (() => void)[] = [];

  readonly begin: Timer = (over) => {
    this.#running.add(over);
    for (const told of this.#begun.splice(0)) told();
    return () => this.#running.delete(over);
  };

  /** Resolves when so many are running. */
  async running(count: number): Promise<void> {
    while (this.#running.size !== count) await new Promise<void>((resolve) => this.#begun.push(resolve));
  }

  /** Lets the one run out that began last, or first. */
  runOut(which: "first" | "last"): void {
    const over = [...this.#running].at(which === "first" ? 0 : -1);
    if (!over) throw new Error("no timer is running");
    this.#running.delete(over);
    over();
  }
}

interface World {
  readonly store: Store;
  readonly timers: Timers;
  readonly faults: unknown[];
}

async function opened(t: Test): Promise<World> {
  const [timers, faults]: [Timers, unknown[]] = [new Timers(), []];
  const store = await openSqliteStore(join(t.testdir({}), "rollcall.db"), {
    readers: {
      module: new URL("../testing/odd-reads.ts", import.meta.url),
      milliseconds: 1,
      mostWaiting: 1,
      fault: (reason) => faults.push(reason),
      timer: timers.begin,
    },
  });
  t.teardown(() => store.close().catch(() => {}));
  return { store, timers, faults };
}

const add = (store: Store, number: string) => store.commit([addApplication({ number, name: number, at: 0 })]);
const numbers = (store: Store) => store.read(applicationNumbers, protocolScope, null);
const neverDone = (store: Store) => store.read(endless, protocolScope, null);
const tooSlow = { code: "query-too-slow" };

t.test("sees whatever was acknowledged before, from another thread", async (t) => {
  const { store } = await opened(t);
  const seen: unknown[] = [];
  const threads = new Set<number>();
  for (let number = 0; number < 50; number++) {
    await add(store, String(100 + number));
    const read = await numbers(store);
    seen.push(read.numbers.at(-1));
    threads.add(read.thread);
  }
  t.same(
    seen,
    Array.from({ length: 50 }, (_, number) => String(100 + number)),
  );
  t.notOk(threads.has(threadId), "not on the event loop");
});

t.test("ends a read that takes too long, and goes on with another thread", async (t) => {
  const { store, timers, faults } = await opened(t);
  await add(store, "a");
  const before = await numbers(store);
  const slow = t.rejects(neverDone(store), tooSlow);
  await timers.running(1);
  timers.runOut("first");
  await slow;
  const after = await numbers(store);
  t.same(after.numbers, ["a"]);
  t.not(after.thread, before.thread);
  t.same(faults, [], "that a read was too slow is no fault of the server");
});

t.test("answers others beside a slow one, lets some wait, and asks the rest to come later", async (t) => {
  const { store, timers } = await opened(t);
  await add(store, "a");
  const first = t.rejects(neverDone(store), tooSlow);
  await timers.running(1);
  t.same((await numbers(store)).numbers, ["a"], "in the second thread");
  const second = t.rejects(neverDone(store), tooSlow);
  await timers.running(2);
  const waiting = numbers(store);
  await timers.running(3);
  await t.rejects(numbers(store), {
    code: "busy",
    facts: { detail: "1 questions wait for their turn.", retryAfterSeconds: 1 },
  });
  timers.runOut("first");
  await first;
  t.same((await waiting).numbers, ["a"]);
  await timers.running(1);
  timers.runOut("first");
  await second;
});

t.test("asks one to come later that has waited for its turn too long", async (t) => {
  const { store, timers } = await opened(t);
  const slow = [neverDone(store), neverDone(store)].map((read) => t.rejects(read, tooSlow));
  await timers.running(2);
  const late = t.rejects(numbers(store), { code: "busy", facts: { retryAfterSeconds: 1 } });
  await timers.running(3);
  timers.runOut("last");
  await late;
  const next = numbers(store);
  await timers.running(3);
  timers.runOut("first");
  t.same((await next).numbers, [], "another takes its place");
  await timers.running(1);
  timers.runOut("first");
  await Promise.all(slow);
});

t.test("tells of a thread that ends by itself, and begins another", async (t) => {
  const { store, faults } = await opened(t);
  await t.rejects(store.read(ending, protocolScope, 3), { code: "busy", facts: { retryAfterSeconds: 5 } });
  t.match(faults, [{ message: "a thread ended with 3" }]);
  t.same((await numbers(store)).numbers, []);
});

t.test("closes without waiting for what is being read", async (t) => {
  const { store, timers } = await opened(t);
  const reads = [neverDone(store), neverDone(store), numbers(store)];
  const all = reads.map((read) => t.rejects(read, { code: "stopping" }));
  await timers.running(3);
  await store.close();
  await Promise.all(all);
  await t.rejects(numbers(store), { code: "stopping" });
});
