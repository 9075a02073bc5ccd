/**
 * The index's asking side. A question runs on every part and is put together: counts added, values and pages merged by
 * their order. What a caller may not read is left out before anything is looked for.
 */
import { readdirSync, statSync } from "node:fs";
import { everyDevice } from "@rollcall/protocol";
import type { Scope } from "../store/scope.ts";
import type {
  DevicePage,
  DevicePosition,
  FacetValue,
  IndexQuery,
  SearchIndex,
  TitleCount,
  TitlePosition,
} from "../store/search-index.ts";
import type { LiveDevices } from "./conditions.ts";
import { mostFrequentNames } from "./counted-names.ts";
import { termsOfTitle } from "./counted-titles.ts";
import { type CountedValue, valuesCounted } from "./counted-values.ts";
import { Deadline } from "./deadline.ts";
import { comparing, type PageAsked, pageOf } from "./device-pages.ts";
import { FoundDevices } from "./found-devices.ts";
import { isSampled, mostFrequentTitles, sampledTitles, titlesInOrder } from "./listed-titles.ts";
import { compareFacets, compareValues, firstOf, mergeSorted } from "./ordering.ts";
import { lowestPosition, type Position, partIn } from "./part-file.ts";
import { PartReader } from "./part-reader.ts";

export class IndexReader implements SearchIndex {
  readonly #directory: string;
  readonly #live: LiveDevices;
  readonly #milliseconds: number;
  readonly #parts = new Map<number, PartReader>();
  /** Which directory the parts are of: one that was made anew takes its place. */
  #inode = 0;

  /** `milliseconds`: how long a question may take; one that takes longer throws `query-too-slow`. */
  constructor(directory: string, live: LiveDevices, milliseconds: number) {
    this.#directory = directory;
    this.#live = live;
    this.#milliseconds = milliseconds;
  }

  async devices(scope: Scope, query: IndexQuery, page: PageAsked): Promise<DevicePage> {
    return this.#ask(scope, query, (found) => {
      const compare = comparing(page.order);
      const pages = found.map((each) => pageOf(each, page));
      const { items, next } = cut<DevicePosition>(mergeSorted(pages, compare), page.limit);
      const total = found.reduce((sum, { count }) => sum + count, 0);
      return { ordinals: items.map(({ ordinal }) => ordinal), next, total };
    });
  }

  async among(scope: Scope, query: IndexQuery, ordinals: readonly number[]): Promise<{ ordinals: number[] }> {
    return this.#ask(scope, query, (found) => ({
      ordinals: ordinals.filter((ordinal) => found.some((part) => part.has(ordinal))),
    }));
  }

  async facet(
    scope: Scope,
    field: string,
    query: IndexQuery,
    { limit, after }: { limit: number; after: FacetValue | null },
  ): Promise<{ items: readonly FacetValue[]; next: FacetValue | null }> {
    return this.#ask(scope, query, (found) => {
      const one = titleField(found, field);
      const page = { most: limit + 1, after };
      if (one) return cut([mostFrequentNames(one.found, one.id, page)], limit);
      const counted = mergeSorted(
        found.map((each) => valuesCounted(each, field)),
        (a, b) => compareValues(a.same, b.same),
      );
      return cut([mostFrequent(counted, page)], limit);
    });
  }

  async titles(
    scope: Scope,
    words: readonly string[],
    query: IndexQuery,
    { limit, after }: { limit: number; after: TitlePosition | null },
  ): Promise<{ items: readonly TitleCount[]; next: TitlePosition | null }> {
    return this.#ask(scope, query, (found) => {
      const titles: TitleCount[] = [];
      for (const title of titlesInOrder(found, words, after)) {
        titles.push(title);
        if (titles.length > limit) break;
      }
      const { items, next } = cut([titles], limit);
      return { items, next: next && { name: next.name, version: next.version, source: next.source } };
    });
  }

  async titlesByCount(
    scope: Scope,
    words: readonly string[],
    query: IndexQuery,
    { limit, after, exact }: { limit: number; after: TitleCount | null; exact: boolean },
  ): Promise<{ items: readonly TitleCount[]; next: TitleCount | null; order: "devices" | "sampled" }> {
    return this.#ask(scope, query, (found) => {
      if (!exact && after === null && isSampled(found))
        return { items: sampledTitles(found, words, limit), next: null, order: "sampled" };
      const first = mostFrequentTitles(found, words, { most: limit + 1, after });
      return { ...cut([first], limit), order: "devices" };
    });
  }

  async holders(
    scope: Scope,
    titles: readonly TitlePosition[],
    most: number,
  ): Promise<{ holders: readonly (readonly number[])[] }> {
    return this.#ask(scope, everyDevice, (found) => ({
      holders: titles.map((title) => {
        const held = found.map((part) => ({ part, terms: termsOfTitle(part.asked, title) }));
        const count = sumOf(held.map(({ part, terms }) => part.countWith(terms)));
        return held.flatMap(({ part, terms }) => part.everyNth(terms, Math.max(1, Math.ceil(count / most))));
      }),
    }));
  }

  /** How far each log is in: in every part. */
  position(): Position[] {
    return lowestPosition(this.#opened().map((part) => part.position()));
  }

  close(): void {
    for (const part of this.#parts.values()) part.close();
    this.#parts.clear();
  }

  /** Asks all parts, each as it is at the beginning. */
  #ask<T>(scope: Scope, query: IndexQuery, question: (found: readonly FoundDevices[]) => T): T {
    const deadline = new Deadline(this.#milliseconds);
    const parts = this.#opened();
    const asked = (rest: readonly PartReader[], found: readonly FoundDevices[]): T => {
      const [part, ...others] = rest;
      if (!part) return question(found);
      return part.atOnce(() => {
        const fields = part.fields().filter(({ sensitive }) => scope.sensitive || sensitive === 0);
        const here = new FoundDevices({ part, scope, fields, live: this.#live }, query, deadline);
        return asked(others, [...found, here]);
      });
    };
    return asked(parts, []);
  }

  /** Parts in their order; those that came since are opened. */
  #opened(): readonly PartReader[] {
    const { ino } = statSync(this.#directory);
    if (ino !== this.#inode) this.close();
    this.#inode = ino;
    for (const name of readdirSync(this.#directory)) {
      const part = partIn(name);
      if (part === null || this.#parts.has(part)) continue;
      const reader = PartReader.open(this.#directory, part);
      if (reader) this.#parts.set(part, reader);
    }
    return [...this.#parts].sort(([a], [b]) => a - b).map(([, reader]) => reader);
  }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

const sum = (counted: readonly { readonly devices: number }[]): number =>
  sumOf(counted.map(({ devices }) => devices));

/** The field of titles that a name stands for, where devices of one part alone were found. */
function titleField(
  found: readonly FoundDevices[],
  field: string,
): { readonly found: FoundDevices; readonly id: number } | null {
  const [part, ...parts] = found.filter(({ count }) => count > 0);
  const [one, ...others] = part?.asked.fields.filter(({ name }) => name === field) ?? [];
  if (!part || parts.length > 0 || one?.kind !== "title" || others.length > 0) return null;
  return { found: part, id: one.id };
}

/** The first `most` beyond `after`. */
function mostFrequent(
  counted: Generator<readonly CountedValue[]>,
  { most, after }: { readonly most: number; readonly after: FacetValue | null },
): FacetValue[] {
  const values = counted.map((same) => ({
    value: same.map((each) => each.value).sort(compareValues)[0] ?? "",
    devices: sum(same),
  }));
  return firstOf(values, { most, compare: compareFacets, after });
}

/** So many of them, and where to go on if there are more. */
function cut<T>(groups: Iterable<readonly T[]>, limit: number): { items: T[]; next: T | null } {
  const items: T[] = [];
  for (const group of groups) {
    items.push(...group);
    if (items.length > limit) return { items: items.slice(0, limit), next: items[limit - 1] ?? null };
  }
  return { items, next: null };
}
