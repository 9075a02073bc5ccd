/** The index's own sets against roaring bitmaps, and their bytes against damage. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RoaringBitmap32, roaringLibraryInitialize } from "roaring-wasm";
import t from "tap";
import { Chance } from "../testing/chance.ts";
import { rounds } from "../testing/long.ts";
import { decodeContainer, encodeContainer } from "./container-bytes.ts";
import {
  and,
  andNot,
  bitsOf,
  type Container,
  changed,
  countAnd,
  empty,
  fromSorted,
  fromWords,
  has,
  or,
  valuesOf,
} from "./containers.ts";
import { IndexDamaged } from "./index-damaged.ts";

await roaringLibraryInitialize();

const numRuns = rounds(150, 5_000);

/** Sets of every density: few numbers, about as many as an array may have, nearly all; scattered or close together. */
const sets = fc
  .record({
    seed: fc.integer(),
    count: fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 4_000, max: 4_200 }),
      fc.integer({ min: 0, max: 65_536 }),
    ),
    room: fc.constantFrom(64, 5_000, 65_536),
  })
  .map(({ seed, count, room }) => {
    const chance = new Chance(seed);
    const from = chance.number(0) % (65_536 - room + 1);
    const numbers = new Set<number>();
    for (let turn = 0; turn < count; turn++) numbers.add(from + (chance.number(1, turn) % room));
    return Uint16Array.from(numbers).sort();
  });

/** What roaring makes of the same two sets; its objects lie outside of what is collected by itself. */
function expected(a: Uint16Array, b: Uint16Array, operation: "and" | "or" | "andNot"): number[] {
  const [left, right] = [new RoaringBitmap32(a), new RoaringBitmap32(b)];
  const result = RoaringBitmap32[operation](left, right);
  try {
    return result.toArray();
  } finally {
    for (const bitmap of [left, right, result]) bitmap.dispose();
  }
}

const shown = (container: Container): number[] => [...valuesOf(container)];

function assertOneForm(container: Container): void {
  assert.equal(container.values === null, container.count > 4_096);
  assert.equal(valuesOf(container).length, container.count);
}

t.test("computes what roaring computes", async () => {
  fc.assert(
    fc.property(sets, sets, (left, right) => {
      const [a, b] = [fromSorted(left.slice()), fromSorted(right.slice())];
      for (const [operation, result] of [
        ["and", and(a, b)],
        ["or", or(a, b)],
        ["andNot", andNot(a, b)],
      ] as const) {
        assert.deepEqual(shown(result), expected(left, right, operation), operation);
        assertOneForm(result);
      }
      assert.equal(countAnd(a, b), and(a, b).count);
      const added = valuesOf(andNot(b, fromSorted(left.filter((value) => value % 3 === 0))));
      const removed = left.filter((value) => value % 3 === 0);
      const after = changed(a, added, removed);
      assert.deepEqual(
        shown(after),
        shown(or(andNot(a, fromSorted(removed)), b)).filter((value) => !removed.includes(value)),
      );
      assertOneForm(after);
      assert.deepEqual([shown(a), shown(b)], [[...left], [...right]], "operands stay as they were");
    }),
    { numRuns },
  );
});

t.test("knows what is in a set, as an array and as bits", async () => {
  fc.assert(
    fc.property(sets, (numbers) => {
      const there = new Set(numbers);
      const container = fromSorted(numbers);
      assert.deepEqual(shown(fromWords(bitsOf(container))), [...numbers]);
      for (let value = 0; value < 65_536; value += 1) assert.equal(has(container, value), there.has(value));
    }),
    { numRuns: numRuns / 10 },
  );
});

t.test("reads from bytes what was written to them, wherever they lie", async () => {
  fc.assert(
    fc.property(sets, fc.integer({ min: 0, max: 7 }), (numbers, offset) => {
      const container = fromSorted(numbers);
      const bytes = encodeContainer(container);
      const moved = Buffer.alloc(bytes.length + offset);
      bytes.copy(moved, offset);
      assert.deepEqual(decodeContainer(moved.subarray(offset)), container);
    }),
    { numRuns },
  );
});

t.test("notices every flipped bit, every cut and every byte too much", async (t) => {
  const small = encodeContainer(fromSorted(Uint16Array.of(1, 2, 65_535)));
  for (let bit = 0; bit < small.length * 8; bit++) {
    const flipped = Buffer.from(small);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    t.throws(() => decodeContainer(flipped), IndexDamaged);
  }
  const large = encodeContainer(fromSorted(Uint16Array.from({ length: 5_000 }, (_, at) => at)));
  for (const bytes of [small, large, encodeContainer(empty)]) {
    t.throws(() => decodeContainer(bytes.subarray(0, -2)), IndexDamaged);
    t.throws(() => decodeContainer(Buffer.concat([bytes, Buffer.alloc(2)])), IndexDamaged);
  }
  t.throws(() => decodeContainer(Buffer.alloc(0)), IndexDamaged);
});
