/** What a question comes down to in one part: sets of devices joined, worked out block by block. */
import { and, andNot, type Container, empty, fromSorted, union, valuesOf } from "./containers.ts";
import { blockOf, everyDevice, numberIn, ordinalOf } from "./part-file.ts";

export type Expression =
  /** Devices that have any of these terms. */
  | { readonly kind: "terms"; readonly terms: readonly number[] }
  /** These devices, as far as they are there. */
  | { readonly kind: "devices"; readonly blocks: ReadonlyMap<number, Container> }
  /** Devices of which this holds by what is kept in memory. */
  | { readonly kind: "which"; readonly holds: (ordinal: number) => boolean }
  /** Of no parts: every device. */
  | { readonly kind: "all"; readonly parts: readonly Expression[] }
  | { readonly kind: "any"; readonly parts: readonly Expression[] }
  | { readonly kind: "not"; readonly part: Expression };

export const everything: Expression = { kind: "all", parts: [] };

/** Who has a term in a block. */
export type BitmapOf = (block: number, term: number) => Container;

export function evaluate(expression: Expression, block: number, bitmap: BitmapOf): Container {
  const every = bitmap(block, everyDevice);
  const found = (each: Expression): Container => {
    switch (each.kind) {
      case "terms":
        return union(each.terms.map((term) => bitmap(block, term)));
      case "devices":
        return and(each.blocks.get(block) ?? empty, every);
      case "which":
        return fromSorted(valuesOf(every).filter((number) => each.holds(ordinalOf(block, number))));
      case "any":
        return union(each.parts.map(found));
      case "not":
        return andNot(every, found(each.part));
      case "all":
        return each.parts.reduce(
          (sofar, part) => (sofar.count === 0 ? sofar : conjoined(sofar, part)),
          every,
        );
    }
  };
  /** What is left out needs no set of its own. */
  const conjoined = (sofar: Container, part: Expression): Container =>
    part.kind === "not" ? andNot(sofar, found(part.part)) : and(sofar, found(part));
  return found(expression);
}

/** Of ordinals in any order. */
export function devicesOf(ordinals: readonly number[]): Expression {
  const byBlock = new Map<number, number[]>();
  for (const ordinal of [...new Set(ordinals)].sort((a, b) => a - b)) {
    const numbers = byBlock.get(blockOf(ordinal));
    if (numbers) numbers.push(numberIn(ordinal));
    else byBlock.set(blockOf(ordinal), [numberIn(ordinal)]);
  }
  const blocks = new Map(
    [...byBlock].map(([block, numbers]) => [block, fromSorted(Uint16Array.from(numbers))] as const),
  );
  return { kind: "devices", blocks };
}
