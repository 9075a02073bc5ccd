/** The record of an installation while a transaction changes it: read once, changed in memory, written once. */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { noteChange } from "./change-rows.ts";
import { encodeIds } from "./item-ids.ts";
import { dropOwnItems, idsOfItems } from "./items.ts";
import type { ReadSection, SectionState } from "./record-codec.ts";
import { readRecord, writeRecord } from "./record-rows.ts";
import { type StoredSection, withLists } from "./sections.ts";
import type { PackedDocument } from "./stored-document.ts";

export async function openRecord(database: Kysely<Schema>, installation: number): Promise<OpenRecord> {
  return new OpenRecord(database, installation, await readRecord(database, installation));
}

export class OpenRecord {
  readonly #database: Kysely<Schema>;
  readonly #installation: number;
  readonly #sections: Map<string, ReadSection>;
  /** Became something else, by when. */
  readonly #became = new Map<string, number>();
  #isChanged = false;

  constructor(database: Kysely<Schema>, installation: number, sections: readonly ReadSection[]) {
    this.#database = database;
    this.#installation = installation;
    this.#sections = new Map(sections.map((section) => [section.name, section]));
  }

  /** As the sections are now, by name. */
  states(): ReadonlyMap<string, SectionState> {
    return new Map([...this.#sections].map(([name, section]) => [name, stateOf(section)]));
  }

  /** What its documents take as they are kept, the small ones not compressed yet. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes, items } of this.#sections.values()) sum += bytes + (items?.length ?? 0);
    return sum;
  }

  /** One section with its document, undefined where it is not stored. */
  async section(name: string): Promise<StoredSection | undefined> {
    const section = this.#sections.get(name);
    return section && (await withLists(this.#database, [section]))[0];
  }

  /** Puts a section in the place of what was stored under its name. `document`: undefined for the one that is there. */
  async put(state: SectionState, document: PackedDocument | null | undefined): Promise<void> {
    const { name } = state;
    const was = this.#sections.get(name);
    this.#isChanged = true;
    this.#became.set(name, state.since);
    if (document === undefined) {
      const { bytes = 0, items = null, body = () => null } = was ?? {};
      this.#sections.set(name, { ...state, bytes, items, body });
      return;
    }
    const holder = { installation: this.#installation, section: name };
    const ids = document?.packed ? await idsOfItems(this.#database, holder, document.packed) : null;
    const body = document?.body ?? null;
    this.#sections.set(name, {
      ...state,
      bytes: body?.length ?? 0,
      items: ids && encodeIds(ids),
      body: () => body,
    });
    if (ids || was?.items) await dropOwnItems(this.#database, holder, ids?.flat() ?? []);
  }

  /** Changes what is known of a section, not what it is. */
  describe(name: string, known: Partial<Pick<SectionState, "schema" | "isIndexed">>): void {
    const section = this.#sections.get(name);
    if (!section) return;
    const next = { ...section, ...known };
    if (next.schema === section.schema && next.isIndexed === section.isIndexed) return;
    this.#sections.set(name, next);
    this.#isChanged = true;
  }

  remove(names: readonly string[]): void {
    for (const name of names) if (this.#sections.delete(name)) this.#isChanged = true;
  }

  /** Writes what was changed, and notes which sections became something else. */
  async write(): Promise<void> {
    if (!this.#isChanged) return;
    const sections = [...this.#sections.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const kept = sections.map((section) => ({
      ...stateOf(section),
      items: section.items,
      body: section.body(),
    }));
    await writeRecord(this.#database, this.#installation, kept);
    for (const [since, names] of Map.groupBy(this.#became.keys(), (name) => this.#became.get(name) ?? 0))
      await noteChange(this.#database, { installation: this.#installation, since, names });
    this.#isChanged = false;
    this.#became.clear();
  }
}

const stateOf = ({ name, schema, status, digest, since, isIndexed }: SectionState): SectionState => {
  return { name, schema, status, digest, since, isIndexed };
};
