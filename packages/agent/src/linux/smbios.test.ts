// The firmware's tables, right and wrong ones.
import fc from "fast-check";
import t from "tap";
import { endOfTable, smbiosTable, structure } from "../testing/smbios-table.ts";
import { byteAt, doubleWordAt, parseSmbios, quadWordAt, smbiosVersion, stringAt, wordAt } from "./smbios.ts";

const product = structure({
  type: 1,
  length: 0x1b,
  fields: { 4: 1, 5: 2, 6: 3, 7: 9, 8: [1, 2, 3, 4, 5, 6, 7, 8] },
  strings: ["Maker", "Model 5", new Uint8Array([0x4d, 0xfc, 0x6c])],
});

t.test("gives structures with their fields and strings", async (t) => {
  const [first, second, last, ...others] = parseSmbios(
    smbiosTable(product, structure({ type: 126, length: 5 })),
  );
  t.same([first?.type, second?.type, last?.type, others], [1, 126, 127, []]);
  if (!first || !second) return;
  t.same(first.strings, ["Maker", "Model 5", "Mül"]);
  t.same(
    [4, 5, 6, 7, 0x19].map((offset) => stringAt(first, offset)),
    ["Maker", "Model 5", "Mül", undefined, undefined],
  );
  t.same([byteAt(first, 8), wordAt(first, 8)], [1, 0x0201]);
  t.same([doubleWordAt(first, 8), quadWordAt(first, 8)], [0x04030201, Number(0x0807060504030201n)]);
  t.same(
    [byteAt(first, 0x1b), wordAt(first, 0x1a), quadWordAt(first, 0x14)],
    [undefined, undefined, undefined],
  );
  t.same(second.strings, []);
});

t.test("ends at the end of the table, whatever follows", async (t) => {
  t.same(
    parseSmbios(Buffer.concat([product, endOfTable, product])).map(({ type }) => type),
    [1, 127],
  );
});

t.test("ends where a length makes no sense, says so, and keeps what came before", async (t) => {
  const wrong = (broken: readonly number[]) => {
    const notes: string[] = [];
    const structures = parseSmbios(Buffer.concat([product, Buffer.from(broken)]), (note) => notes.push(note));
    return [structures.map(({ type }) => type), notes];
  };
  const length = (length: number) =>
    `the firmware's table is read up to structure 2: length ${length} of type 2 makes no sense`;
  t.same(wrong([2, 3, 0, 0]), [[1], [length(3)]]);
  t.same(wrong([2, 0]), [[1], [length(0)]]);
  t.same(wrong([2, 200, 0, 0, 0, 0]), [[1], [length(200)]]);
  t.same(wrong([2]), [[1], [length(0)]]);
  t.same(wrong([]), [[1], []], "the last structure is often left out");
  t.same(parseSmbios(new Uint8Array()), []);
});

t.test("does not follow strings that never end", async (t) => {
  const notes: string[] = [];
  const endless = Buffer.concat([
    product,
    structure({ type: 2, length: 6 }).subarray(0, 6),
    Buffer.from("a\0".repeat(300_000)),
  ]);
  const [first, second] = parseSmbios(endless, (note) => notes.push(note));
  t.same([first?.strings.length, second?.strings.length], [3, 255]);
  t.same(notes, ["the firmware's table is read up to structure 2: the strings of type 2 do not end"]);
});

t.test("takes a table that is cut within its strings as far as it goes", async (t) => {
  const [only] = parseSmbios(product.subarray(0, -5));
  t.same(only?.strings, ["Maker", "Model 5"]);
  t.equal(parseSmbios(product.subarray(0, 0x1b))[0]?.strings.length, 0);
});

t.test("keeps the numbers of strings after an empty one", async (t) => {
  const [first] = parseSmbios(
    smbiosTable(structure({ type: 1, length: 6, fields: { 4: 2 }, strings: ["", "second"] })),
  );
  t.equal(first && stringAt(first, 4), "second");
});

t.test("finds the table behind an entry point or Windows' header", async (t) => {
  const bare = smbiosTable(product);
  const three = Buffer.alloc(32);
  three.write("_SM3_");
  three.set([3, 2, 0], 7);
  three.writeUInt32LE(32, 16);
  const two = Buffer.alloc(32);
  two.write("_SM_");
  two.set([2, 5], 6);
  two.writeUInt32LE(32, 24);
  const windows = Buffer.alloc(8);
  windows.set([0, 3, 2]);
  windows.writeUInt32LE(bare.length, 4);
  for (const before of [three, two, windows]) {
    const dump = Buffer.concat([before, bare]);
    t.same(parseSmbios(dump), parseSmbios(bare));
    t.same(parseSmbios(dump.subarray(0, 9)), []);
  }
  t.same([smbiosVersion(three), smbiosVersion(two), smbiosVersion(bare)], [0x302, 0x205, undefined]);
});

t.test("never throws and never reads twice, whatever the bytes", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(fc.constantFrom(product, endOfTable), { maxLength: 4 }).chain((parts) => {
      const table = Buffer.concat(parts);
      return fc
        .array(fc.tuple(fc.nat(Math.max(0, table.length - 1)), fc.nat(255)), { maxLength: 5 })
        .map((changes) => {
          const changed = Uint8Array.from(table);
          for (const [at, byte] of changes) changed.set(changed.length > 0 ? [byte] : [], at);
          return changed;
        });
    }),
  );
  fc.assert(
    fc.property(bytes, (table) => {
      const structures = parseSmbios(table);
      const formatted = structures.reduce((sum, each) => sum + each.formatted.length, 0);
      return (
        formatted <= table.length && structures.every((each) => each.formatted[1] === each.formatted.length)
      );
    }),
    { numRuns: 300 },
  );
});
