/** Writes to one part of the index: what devices are found by now, instead of what they were found by. */
import { fold, RollcallError } from "@rollcall/protocol";
import type { Database, Statement } from "better-sqlite3";
import { UnallocatedSpace } from "../store/unallocated.ts";
import { type BitmapChange, BitmapChanges } from "./bitmap-changes.ts";
import { decodeContainer, encodeContainer } from "./container-bytes.ts";
import { changed, empty } from "./containers.ts";
import { Dictionary } from "./dictionary.ts";
import { decodeForwardList, encodeForwardList, type ForwardList, type Key, nothing } from "./forward-list.ts";
import type { Change, IndexedDevice } from "./indexed-device.ts";
import {
  bitmapId,
  blockOf,
  blocksOf,
  damageOf,
  everyDevice,
  numberIn,
  openPart,
  type Position,
} from "./part-file.ts";
import { rowChecksum } from "./row-checksums.ts";

export class PartWriter {
  readonly #database: Database;
  /** Those that are in this file. */
  readonly #blocks: readonly number[];
  readonly #unallocated: UnallocatedSpace;
  readonly #dictionary: Dictionary;
  readonly #statements: ReturnType<typeof statementsOf>;

  constructor(file: string, part: number) {
    this.#database = openPart(file);
    this.#blocks = blocksOf(part);
    this.#unallocated = new UnallocatedSpace(this.#database);
    this.#dictionary = new Dictionary(this.#database);
    this.#statements = statementsOf(this.#database);
  }

  /** In one transaction; throws `IndexDamaged` where the part has to be made anew. No device stands there twice. */
  merge(changes: readonly Change[], position: readonly Position[]): void {
    try {
      this.#database.transaction(() => {
        this.#dictionary.begin();
        const bitmaps = new BitmapChanges(this.#blocks[0] ?? 0);
        for (const change of changes) this.#replace(change, bitmaps);
        const emptied: number[] = [];
        for (const bitmap of bitmaps.byBitmap()) if (!this.#change(bitmap)) emptied.push(bitmap.term);
        this.#removeUnheld(emptied);
        for (const { server, seq } of position) this.#statements.setPosition.run(server, seq);
        this.#dictionary.end();
      })();
      this.#unallocated.note();
    } catch (error) {
      this.#unallocated.lose();
      this.#dictionary.forget();
      throw damageOf(error);
    }
  }

  /** How far each server's log is in. */
  position(): Position[] {
    return this.#statements.position.all();
  }

  /** In the first part: the others that there are. */
  parts(): number[] {
    return this.#statements.parts.all();
  }

  addPart(part: number): void {
    this.#statements.addPart.run(part);
    this.#unallocated.note();
  }

  /** Leaves nothing of what was taken out in the file or its log. Throws `busy` where somebody reads what was there. */
  scrub(): void {
    const blocked = this.#database.pragma("wal_checkpoint(TRUNCATE)", { simple: true });
    if (blocked !== 0) throw new RollcallError("busy", { retryAfterSeconds: 60 });
    this.#database.pragma("shrink_memory");
    this.#unallocated.begin();
    while (!this.#unallocated.clearSlice());
  }

  close(): void {
    this.#database.close();
    this.#unallocated.close();
  }

  #replace({ ordinal, device }: Change, bitmaps: BitmapChanges): void {
    const stored = this.#statements.forward.get(ordinal);
    const before = stored ? decodeForwardList(stored) : nothing;
    const after = device ? this.#listOf(device) : nothing;
    changeTerms(bitmaps, ordinal, before.terms, after.terms);
    this.#changeKeys(ordinal, before.keys, after.keys);
    if (device) {
      const bytes = encodeForwardList(after);
      if (!stored?.equals(bytes)) this.#statements.setForward.run(ordinal, bytes);
      this.#statements.setOrder.run(ordinal, device.sortName);
    } else if (stored) {
      this.#statements.removeForward.run(ordinal);
      this.#statements.removeOrder.run(ordinal);
    }
  }

  #listOf({ values }: IndexedDevice): ForwardList {
    const terms = new Uint32Array(values.length + 1);
    const keys = new Map<string, Key>();
    let count = 0;
    terms[count++] = everyDevice;
    for (const value of values) {
      if (value.as !== "key") terms[count++] = this.#dictionary.term(value);
      else {
        const key = { field: this.#dictionary.field(value), shown: value.text };
        keys.set(nameOf(key), key);
      }
    }
    return { terms: unique(terms.subarray(0, count).sort()), keys: [...keys.values()] };
  }

  #changeKeys(ordinal: number, before: readonly Key[], after: readonly Key[]): void {
    const names = { before: new Set(before.map(nameOf)), after: new Set(after.map(nameOf)) };
    for (const key of before)
      if (!names.after.has(nameOf(key))) this.#statements.removeKey.run(...keyRow(key, ordinal));
    for (const key of after)
      if (!names.before.has(nameOf(key)))
        this.#statements.addKey.run(...keyRow(key, ordinal), rowChecksum(keyRow(key, ordinal)));
  }

  /** False where nobody in the block has the term any more. */
  #change({ block, term, added, removed }: BitmapChange): boolean {
    const id = bitmapId(block, term);
    const stored = this.#statements.bitmap.get(id);
    const after = changed(stored ? decodeContainer(stored) : empty, added, removed);
    if (after.count === 0) this.#statements.removeBitmap.run(id);
    else if (stored) this.#statements.setBitmap.run(encodeContainer(after), id);
    else this.#statements.addBitmap.run(id, encodeContainer(after));
    return after.count > 0;
  }

  /** Once everything is changed: who has a term in another block may have got it in the same merge. */
  #removeUnheld(terms: readonly number[]): void {
    if (terms.length === 0) return;
    const has = (block: number, term: number) =>
      this.#statements.hasBitmap.get(bitmapId(block, term)) !== undefined;
    const blocks = this.#blocks.filter((block) => has(block, everyDevice));
    const isHeld = (term: number) => blocks.some((block) => has(block, term));
    for (const term of terms) if (term !== everyDevice && !isHeld(term)) this.#dictionary.remove(term);
  }
}

function statementsOf(database: Database) {
  const prepare = <Input extends unknown[], Row>(statement: string): Statement<Input, Row> =>
    database.prepare<Input, Row>(statement);
  return {
    forward: prepare<[number], Buffer>("select body from forward where ordinal = ?").pluck(),
    setForward: prepare<[number, Buffer], never>(
      "insert into forward values (?, ?) on conflict do update set body = excluded.body",
    ),
    removeForward: prepare<[number], never>("delete from forward where ordinal = ?"),
    setOrder: prepare<[number, string], never>(
      `insert into orders values (?, ?) on conflict do update set sort_name = excluded.sort_name
         where sort_name != excluded.sort_name`,
    ),
    removeOrder: prepare<[number], never>("delete from orders where ordinal = ?"),
    addKey: prepare<[...KeyColumns, number], never>("insert into keys values (?, ?, ?, ?, ?)"),
    removeKey: prepare<KeyColumns, never>(
      "delete from keys where field = ? and folded = ? and ordinal = ? and shown = ?",
    ),
    bitmap: prepare<[number], Buffer>("select body from bitmaps where id = ?").pluck(),
    hasBitmap: prepare<[number], number>("select 1 from bitmaps where id = ?").pluck(),
    addBitmap: prepare<[number, Buffer], never>("insert into bitmaps values (?, ?)"),
    // In place: of bits that stay as long as they were only the pages that differ are written.
    setBitmap: prepare<[Buffer, number], never>("update bitmaps set body = ? where id = ?"),
    removeBitmap: prepare<[number], never>("delete from bitmaps where id = ?"),
    parts: prepare<[], number>("select part from parts").pluck(),
    addPart: prepare<[number], never>("insert or ignore into parts values (?)"),
    position: prepare<[], Position>("select server, seq from position order by server"),
    setPosition: prepare<[number, number], never>(
      "insert into position values (?, ?) on conflict do update set seq = max(seq, excluded.seq)",
    ),
  };
}

/** Both ascending: what is in one only is added or removed. */
function changeTerms(changes: BitmapChanges, ordinal: number, before: Uint32Array, after: Uint32Array): void {
  const [block, number] = [blockOf(ordinal), numberIn(ordinal)];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const was = before[i] ?? Number.POSITIVE_INFINITY;
    const is = after[j] ?? Number.POSITIVE_INFINITY;
    if (was < is) changes.remove(block, was, number);
    if (is < was) changes.add(block, is, number);
    if (was <= is) i++;
    if (is <= was) j++;
  }
}

function unique(sorted: Uint32Array): Uint32Array {
  let count = 0;
  for (const [at, term] of sorted.entries())
    if (at === 0 || sorted[count - 1] !== term) sorted[count++] = term;
  return sorted.subarray(0, count);
}

/** Unlike that of any other key. */
const nameOf = ({ field, shown }: Key): string => `${field} ${shown}`;

type KeyColumns = [field: number, folded: string, ordinal: number, shown: string];

function keyRow({ field, shown }: Key, ordinal: number): KeyColumns {
  const folded = fold(shown);
  return [field, folded, ordinal, folded === shown ? "" : shown];
}
