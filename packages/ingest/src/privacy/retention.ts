/**
 * Retention: what is older than its place in the list of what forgets allows, goes; in slices, and so that a backup
 * does not bring it back.
 */
import { allSections, type Category, categoryNames } from "@rollcall/protocol";
import type { Change } from "../audit/change.ts";
import { cutAuditLog } from "../audit/retention.ts";
import type { Config } from "../config.ts";
import { removeOldLogs } from "../logs/old-logs.ts";
import { day } from "../milliseconds.ts";
import { removeOldChanges } from "../records/change-rows.ts";
import { sweepItems } from "../records/sweep.ts";
import type { Services } from "../services.ts";
import { type TablePlace, tables } from "../store/forgetting.ts";
import { protocolScope } from "../store/scope.ts";
import { defineAuditedWrite, type Store } from "../store/store.ts";
import { enterDeletion } from "./deletions.ts";
import type { Removed } from "./forget.ts";
import { countOld, lastRow, type Old, type OldSlice, removeOld } from "./retention-queries.ts";
import { settleDeletions } from "./rules.ts";

/** Rows looked at in one transaction or read, and rows removed in one transaction. */
const [slice, removedAtOnce] = [5_000, 500];

type Looked = Pick<Store, "read" | "commit">;

const places = Object.entries<TablePlace<Record<string, unknown>>>(tables);

/** What is too old at a time, by the list. */
function oldAt(config: Config, at: number): Old[] {
  return places.flatMap(([table, { retention, section }]): Old[] => {
    if (typeof retention === "string") return [];
    const { since, days } = retention;
    if (typeof days === "number") return [{ table, since, before: at - days * day }];
    if (days !== "of its section") return [{ table, since, before: at - config[days] * day }];
    if (section === undefined) throw new Error(`${table} names no section`);
    return categoryNames.flatMap((category) => {
      const names = sectionsOf(category);
      const before = at - config[`retention.${category}.days`] * day;
      return names.length === 0 ? [] : [{ table, since, before, sections: { column: section, names } }];
    });
  });
}

const sectionsOf = (category: Category): string[] =>
  allSections.filter((definition) => definition.category === category).map(({ name }) => name);

/** Where something was removed, a backup could bring it back: the ledger knows of the run. */
const ranRetention = defineAuditedWrite({
  name: "ran-retention",
  subjectOf: () => "retention",
  async run(transaction, { any, at }: { readonly any: boolean; readonly at: number }): Promise<void> {
    if (any) await enterDeletion(transaction, { names: null, categories: null, at });
  },
});

/** How many rows of each table a run would remove now. */
export async function dueForRetention({ store, config, now }: Services): Promise<Removed> {
  const counts: Record<string, number> = {};
  for (const which of oldAt(config, now())) add(counts, which.table, await countAll(store, which));
  return counts;
}

async function countAll(store: Looked, which: Old): Promise<number> {
  let count = 0;
  for await (const part of slicesOf(store, which)) count += await store.read(countOld, protocolScope, part);
  return count;
}

async function* slicesOf(store: Looked, which: Old): AsyncGenerator<OldSlice> {
  const end = await store.read(lastRow, protocolScope, which.table);
  for (let after = 0; after < end; after += slice) yield { ...which, after, last: after + slice };
}

/** Removes what was too old at a time, and nothing else; tells how many rows of each table. */
export async function removeOldAt(store: Looked, config: Config, at: number): Promise<Removed> {
  const removed: Record<string, number> = {};
  for (const which of oldAt(config, at))
    for await (const part of slicesOf(store, which)) add(removed, which.table, await removeIn(store, part));
  add(removed, "changes", await removeOldChangesAt(store, config, at));
  return removed;
}

/** When sections changed is kept no longer than what they were. */
async function removeOldChangesAt(store: Looked, config: Config, at: number): Promise<number> {
  const old = categoryNames.map((category) => ({
    before: at - config[`retention.${category}.days`] * day,
    names: sectionsOf(category),
  }));
  const end = await store.read(lastRow, protocolScope, "changes");
  let removed = 0;
  for (let after = 0; after < end; after += slice) {
    const [rows] = await store.commit([removeOldChanges({ after, last: after + slice, old })]);
    removed += rows;
  }
  return removed;
}

async function removeIn(store: Looked, part: OldSlice): Promise<number> {
  let removed = 0;
  for (;;) {
    const [rows] = await store.commit([removeOld({ ...part, most: removedAtOnce })]);
    removed += rows;
    if (rows < removedAtOnce) return removed;
  }
}

function add(counts: Record<string, number>, table: string, rows: number): void {
  if (rows > 0) counts[table] = (counts[table] ?? 0) + rows;
}

/** A whole run: the tables, the ledger's entry of it, items, the audit log, the request logs. `change` where an account asked. */
export async function runRetention(services: Services, change?: Change): Promise<Removed> {
  const { store, config, now, requestLog } = services;
  const at = now();
  const removed: Record<string, number> = { ...(await removeOldAt(store, config, at)) };
  const any = Object.keys(removed).length > 0;
  const ran = ranRetention({ any, at });
  await (change ? change(ran) : store.commit([ran]));
  if (any) await settleDeletions(services);
  add(removed, "items", await sweepItems(store));
  const before = at - config["retention.audit.days"] * day;
  const entries = await countAll(store, { table: "audit", since: "at", before });
  if ((await cutAuditLog(services, before)).length > 0) add(removed, "audit", entries);
  add(removed, "requests.log", await removeOldLogs(requestLog, at - config["retention.requests.days"] * day));
  services.removed(removed);
  return removed;
}

/** Runs a job once a day, the first time when it is first asked whether it is due; one that failed is still due. */
export class Daily {
  readonly #run: () => Promise<void>;
  #last: number | null = null;

  constructor(run: () => Promise<void>) {
    this.#run = run;
  }

  async tend(now: number): Promise<void> {
    if (this.#last !== null && now - this.#last < day && now >= this.#last) return;
    const before = this.#last;
    this.#last = now;
    try {
      await this.#run();
    } catch (error) {
      this.#last = before;
      throw error;
    }
  }
}
