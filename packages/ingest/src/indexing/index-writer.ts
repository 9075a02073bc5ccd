/** The index's writing side: brings changes of devices to the parts that they are in. */
import { mkdirSync, readdirSync } from "node:fs";
import { IndexDamaged } from "./index-damaged.ts";
import type { Change } from "./indexed-device.ts";
import { lowestPosition, type Position, partFile, partIn, partOf } from "./part-file.ts";
import { PartWriter } from "./part-writer.ts";

export class IndexWriter {
  readonly #directory: string;
  readonly #parts = new Map<number, PartWriter>();

  /** Opens what is in this directory. Throws `IndexDamaged` where a part has to be made anew. */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    try {
      for (const name of readdirSync(directory).sort()) {
        const part = partIn(name);
        if (part !== null) this.#open(part);
      }
      // It is there even when no device is, for it has the position.
      const first = this.#parts.get(0) ?? this.#open(0);
      const missing = first.parts().find((part) => !this.#parts.has(part));
      if (missing !== undefined) throw new IndexDamaged(`part ${missing} is missing`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Devices are found as these changes say from now on, and logs are in up to `position`; one transaction for each
   * part. Of several changes of one device the last counts. Repeating it changes nothing.
   */
  merge(changes: readonly Change[], position: readonly Position[]): void {
    const byPart = new Map<number, Map<number, Change>>();
    for (const part of this.#parts.keys()) byPart.set(part, new Map());
    for (const change of changes) {
      const part = partOf(change.ordinal);
      const ofPart = byPart.get(part) ?? new Map<number, Change>();
      byPart.set(part, ofPart.set(change.ordinal, change));
    }
    const before = this.position();
    for (const [part, ofPart] of byPart) {
      const writer = this.#parts.get(part) ?? this.#open(part);
      // A new part begins where the others are: nothing of what came before was in it.
      writer.merge([...ofPart.values()], [...before, ...position]);
    }
  }

  /** How far each server's log is in: in every part. */
  position(): Position[] {
    return lowestPosition([...this.#parts.values()].map((part) => part.position()));
  }

  /** Leaves nothing of what was taken out in any file. Throws `busy` where somebody still reads what was there. */
  scrub(): void {
    for (const part of this.#parts.values()) part.scrub();
  }

  close(): void {
    for (const part of this.#parts.values()) part.close();
    this.#parts.clear();
  }

  #open(part: number): PartWriter {
    const writer = new PartWriter(partFile(this.#directory, part), part);
    this.#parts.set(part, writer);
    if (part > 0) this.#parts.get(0)?.addPart(part);
    return writer;
  }
}
