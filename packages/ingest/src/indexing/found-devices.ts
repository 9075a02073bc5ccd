/** The devices that a question finds in one part, and what is counted among them. */
import type { IndexQuery } from "../store/search-index.ts";
import { type Asked, expressionOf } from "./conditions.ts";
import { and, type Container, countAnd, has, union, valuesOf } from "./containers.ts";
import type { Deadline } from "./deadline.ts";
import { evaluate } from "./expression.ts";
import { blockOf, everyDevice, numberIn, ordinalOf } from "./part-file.ts";

export class FoundDevices {
  readonly asked: Asked;
  readonly deadline: Deadline;
  readonly count: number;
  /** How many devices there are in the part. */
  readonly among: number;
  readonly #blocks: ReadonlyMap<number, Container>;

  constructor(asked: Asked, query: IndexQuery, deadline: Deadline) {
    this.asked = asked;
    this.deadline = deadline;
    const expression = expressionOf(asked, query);
    const blocks = new Map<number, Container>();
    let [count, among] = [0, 0];
    for (const block of asked.part.blocks()) {
      deadline.check();
      among += asked.part.bitmap(block, everyDevice).count;
      const found = evaluate(expression, block, (at, term) => asked.part.bitmap(at, term));
      if (found.count > 0) blocks.set(block, found);
      count += found.count;
    }
    this.#blocks = blocks;
    this.count = count;
    this.among = among;
  }

  has(ordinal: number): boolean {
    const block = this.#blocks.get(blockOf(ordinal));
    return block !== undefined && has(block, numberIn(ordinal));
  }

  /** `most` of them at most, ascending, at even distances. */
  *sample(most: number): Generator<number> {
    const step = Math.max(1, this.count / most);
    let [at, next] = [0, 0];
    for (const [block, found] of this.#blocks) {
      const numbers = valuesOf(found);
      for (; next < at + numbers.length; next += step)
        yield ordinalOf(block, numbers[Math.floor(next) - at] ?? 0);
      at += numbers.length;
    }
  }

  /** How many have each term, of all that any device has; by term, ascending in each block. */
  *countsInBlocks(): Generator<{ readonly term: number; readonly devices: number }> {
    for (const [block, found] of this.#blocks) {
      let seen = 0;
      for (const { term, devices } of this.asked.part.bitmapsOf(block)) {
        if (++seen % 4_096 === 0) this.deadline.check();
        yield { term, devices: countAnd(found, devices) };
      }
    }
  }

  /** How many have any of these terms. */
  countWith(terms: readonly number[]): number {
    this.deadline.check();
    let count = 0;
    for (const [block, found] of this.#blocks)
      count += countAnd(found, union(terms.map((term) => this.asked.part.bitmap(block, term))));
    return count;
  }

  /** Each nth of those that have any of these terms. */
  everyNth(terms: readonly number[], nth: number): number[] {
    this.deadline.check();
    const devices: number[] = [];
    let at = 0;
    for (const [block, found] of this.#blocks) {
      const having = valuesOf(and(found, union(terms.map((term) => this.asked.part.bitmap(block, term)))));
      for (; at < having.length; at += nth) devices.push(ordinalOf(block, having[at] ?? 0));
      at -= having.length;
    }
    return devices;
  }

  /** Ascending, those beyond `after`. */
  *ordinals(after: number | null): Generator<number> {
    for (const [block, found] of this.#blocks) {
      if (after !== null && block < blockOf(after)) continue;
      this.deadline.check();
      for (const number of valuesOf(found)) {
        const ordinal = ordinalOf(block, number);
        if (after === null || ordinal > after) yield ordinal;
      }
    }
  }

  /** Descending, those before `after`. */
  *ordinalsBack(after: number | null): Generator<number> {
    for (const [block, found] of [...this.#blocks].reverse()) {
      if (after !== null && block > blockOf(after)) continue;
      this.deadline.check();
      const numbers = valuesOf(found);
      for (let at = numbers.length - 1; at >= 0; at--) {
        const ordinal = ordinalOf(block, numbers[at] ?? 0);
        if (after === null || ordinal < after) yield ordinal;
      }
    }
  }
}
