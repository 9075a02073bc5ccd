/**
 * The index's interface: what may be found, sorted, counted and listed within a scope. Derived, never the truth.
 */
import type { Condition, Query } from "@rollcall/protocol";
import type { Scope } from "./scope.ts";

/**
 * What an index answers: the language's conditions, `state` told by times (`seen`, `first`) and these flags, `has` by
 * the names of sections that have a document.
 */
export type IndexCondition = Condition | { readonly kind: "flag"; readonly flag: "retired" | "in-doubt" };
export type IndexQuery = Query<IndexCondition>;

/** The orders a device list can have; `-` before one turns it around. */
export const deviceOrders = ["enrolled", "hostname", "lastSeenAt"] as const;
export interface DeviceOrder {
  readonly by: (typeof deviceOrders)[number];
  readonly descending: boolean;
}

/** The orders a list of titles can have: by name, or by how many devices have them. */
export const titleOrders = ["name", "devices"] as const;

/** Where a page of devices ends: the order's value there and the device's ordinal. */
export interface DevicePosition {
  readonly value: string | number;
  readonly ordinal: number;
}

export interface DevicePage {
  /** Ordinals of devices, in order. */
  readonly ordinals: readonly number[];
  /** Where to go on, or null at the end. */
  readonly next: DevicePosition | null;
  readonly total: number;
}

export interface TitlePosition {
  readonly name: string;
  readonly version: string;
  readonly source: string;
}

export interface TitleCount extends TitlePosition {
  readonly devices: number;
}

export interface FacetValue {
  readonly value: string | number;
  readonly devices: number;
}

export interface SearchIndex {
  /** Devices that a query finds. */
  devices(
    scope: Scope,
    query: IndexQuery,
    page: { order: DeviceOrder; limit: number; after: DevicePosition | null },
  ): Promise<DevicePage>;
  /** Which of these devices a query finds: their ordinals, in the order given. */
  among(
    scope: Scope,
    query: IndexQuery,
    ordinals: readonly number[],
  ): Promise<{ readonly ordinals: readonly number[] }>;
  /** The values of a field among the devices that a query finds, most frequent first; equal ones by value. */
  facet(
    scope: Scope,
    field: string,
    query: IndexQuery,
    page: { limit: number; after: FacetValue | null },
  ): Promise<{ items: readonly FacetValue[]; next: FacetValue | null }>;
  /** For each title devices that have it, by their ordinals: all, or `most` of them, spread over all. */
  holders(
    scope: Scope,
    titles: readonly TitlePosition[],
    most: number,
  ): Promise<{ readonly holders: readonly (readonly number[])[] }>;
  /** Titles with their versions whose name holds all the words, among the devices that a query finds; by name. */
  titles(
    scope: Scope,
    words: readonly string[],
    query: IndexQuery,
    page: { limit: number; after: TitlePosition | null },
  ): Promise<{ items: readonly TitleCount[]; next: TitlePosition | null }>;
  /**
   * The same, most frequent first. Unless `exact`, those of many devices are chosen from a sample, which has no second
   * page; on how many devices each is counted all the same.
   */
  titlesByCount(
    scope: Scope,
    words: readonly string[],
    query: IndexQuery,
    page: { limit: number; after: TitleCount | null; exact: boolean },
  ): Promise<{ items: readonly TitleCount[]; next: TitleCount | null; order: "devices" | "sampled" }>;
}

export interface Freshness {
  /** With everything that was acknowledged before the question. */
  readonly fresh: boolean;
}

/** An answer, with everything that was committed until then (milliseconds since 1970). */
export type Dated<Answer> = Answer & { readonly asOf: number };

/** The index as the server asks it. */
export interface Index {
  /**
   * Throws `busy` where there is no index yet, too many questions wait, or what is to be fresh takes too long, and
   * `query-too-slow`.
   */
  ask<Name extends keyof SearchIndex>(
    name: Name,
    freshness: Freshness,
    ...asked: Parameters<SearchIndex[Name]>
  ): Promise<Dated<Awaited<ReturnType<SearchIndex[Name]>>>>;
  reindex(): Promise<number>;
}
