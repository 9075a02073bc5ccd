/**
 * What the items of shared lists are found by. Most devices of a fleet have the same items, so each is read and taken
 * apart once, and not for each of the devices that have it.
 */
import { parseJson, type SearchValue, type SectionDefinition, searchValues } from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { soundItems } from "../records/items.ts";
import type { Schema } from "../store/schema.ts";

/** Items of one list of a section. */
export interface ListedItems {
  readonly definition: SectionDefinition;
  readonly list: string;
  readonly ids: readonly number[];
}

/** Items in memory; with more of them all are let go of before the next are read. */
const mostKept = 100_000;

export class ItemValues {
  /** By section and list, then by id: an item is what it is for ever. */
  readonly #lists = new Map<string, Map<number, readonly SearchValue[]>>();
  #count = 0;

  /** Reads those that are not known yet. */
  async learn(database: Kysely<Schema>, wanted: readonly ListedItems[]): Promise<void> {
    if (this.#count > mostKept) this.forget();
    const unknown = wanted.map((items) => ({ ...items, ids: this.#unknown(items) }));
    const bodies = await soundItems(database, new Set(unknown.flatMap(({ ids }) => ids)));
    for (const { definition, list, ids } of unknown)
      for (const id of ids) {
        const body = bodies.get(id);
        if (body !== undefined) this.#add(definition, list, id, body);
      }
  }

  /** What these are found by; null where one of them is not there or not what was stored. */
  of({ definition, list, ids }: ListedItems): readonly SearchValue[] | null {
    const known = this.#listOf(definition, list);
    const values: SearchValue[] = [];
    for (const id of ids) {
      const own = known.get(id);
      if (!own) return null;
      for (const value of own) values.push(value);
    }
    return values;
  }

  /** Keeps none, for some may be gone. */
  forget(): void {
    this.#lists.clear();
    this.#count = 0;
  }

  #unknown({ definition, list, ids }: ListedItems): number[] {
    const known = this.#listOf(definition, list);
    return ids.filter((id) => !known.has(id));
  }

  #add(definition: SectionDefinition, list: string, id: number, body: string): void {
    const known = this.#listOf(definition, list);
    if (known.has(id)) return;
    known.set(id, searchValues(definition, { [list]: [parseJson(Buffer.from(body))] }));
    this.#count++;
  }

  #listOf({ name }: SectionDefinition, list: string): Map<number, readonly SearchValue[]> {
    const key = `${name} ${list}`;
    const known = this.#lists.get(key) ?? new Map<number, readonly SearchValue[]>();
    this.#lists.set(key, known);
    return known;
  }
}
