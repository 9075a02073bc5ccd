// zstd and dcz from outside: one whole frame, within its bounds, and nothing behind it.
import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import t from "tap";
import { compress, compressDcz, declaredSize, decompress, readDcz } from "./content-encoding.ts";
import { refusalOf } from "./testing/refusal.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

const noFrame = {
  code: "invalid-encoding",
  detail: "The body is not a zstd frame with a window of at most 8 MiB.",
};
const behind = { code: "invalid-encoding", detail: "Something stands behind the zstd frame." };
const tooLarge = (bytes: number) => ({
  code: "too-large",
  detail: `The decoded body is larger than ${bytes} bytes.`,
});

const refusal = (bytes: Uint8Array, maxBytes = MiB) => refusalOf(() => decompress(bytes, maxBytes));

/** Head of a frame without checksum and content size, whose window is 2 to this power (RFC 8878, 3.1.1.1). */
const frameHead = (windowLog: number) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (windowLog - 10) << 3]);

/** A block that says one byte, repeated (RFC 8878, 3.1.1.2). */
function repeated(byte: number, times: number, { last = false } = {}): Buffer {
  const block = Buffer.alloc(4, byte);
  block.writeUIntLE((times << 3) | (1 << 1) | (last ? 1 : 0), 0, 3);
  return block;
}

/** A frame that says nothing and is passed over (RFC 8878, 3.1.2). */
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

const frame = compress(Buffer.from("roll call ".repeat(1_000)));

t.test("gives back any bytes", async () => {
  const long = fc
    .tuple(fc.uint8Array(), fc.nat(2_000))
    .map(([bytes, times]) => Buffer.alloc(times * 50, Buffer.from([0, ...bytes])));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 4_096 }), long), (bytes) => {
      return decompress(compress(bytes), bytes.length || 1).equals(bytes);
    }),
    { numRuns: 100 },
  );
});

t.test("takes as much as is allowed and not a byte more", async (t) => {
  t.equal(decompress(frame, 10_000).toString(), "roll call ".repeat(1_000));
  t.strictSame(refusal(frame, 9_999), tooLarge(9_999));
  t.equal(decompress(compress(Buffer.alloc(0)), 1).length, 0);
});

t.test("stops at the limit however much a body would become", async (t) => {
  // 128 KiB from every 4 bytes: 4 GiB in 128 KiB, and 128 MiB in 4 KiB.
  const bomb = (blocks: number) =>
    Buffer.concat([frameHead(23), ...Array.from({ length: blocks }, () => repeated(0x20, 128 * KiB))]);
  t.equal(bomb(1_023).length, 4_098);
  t.strictSame(refusal(bomb(1_023), 64 * MiB), tooLarge(64 * MiB));
  const before = process.memoryUsage().rss;
  t.strictSame(refusal(bomb(32_768), 8 * MiB), tooLarge(8 * MiB));
  t.ok(process.memoryUsage().rss - before < 256 * MiB);
  const whole = Buffer.concat([frameHead(23), repeated(0x20, 128 * KiB), repeated(0x20, 1, { last: true })]);
  t.ok(decompress(whole, MiB).equals(Buffer.alloc(128 * KiB + 1, " ")));
});

t.test("refuses a window over 8 MiB, whatever it holds", async (t) => {
  const small = (windowLog: number) =>
    Buffer.concat([frameHead(windowLog), repeated(0x20, 5, { last: true })]);
  t.equal(decompress(small(23), MiB).toString(), "     ");
  for (const windowLog of [24, 27, 31, 41])
    t.strictSame(refusal(small(windowLog)), noFrame, `2^${windowLog}`);
  const wide = zstdCompressSync(Buffer.alloc(20 * MiB), { params: { [constants.ZSTD_c_windowLog]: 25 } });
  t.strictSame(refusal(wide, 64 * MiB), noFrame);
  // A single segment whose content, and with it its window, would be 1 TiB.
  const vast = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
  t.strictSame(refusal(vast), tooLarge(MiB));
});

t.test("tells what a frame declares, and takes not a byte more", async (t) => {
  for (const length of [0, 1, 255, 256, 65_791, 65_792, 5 * MiB])
    t.equal(declaredSize(compress(Buffer.alloc(length, "roll call "))), length);
  const undeclared = Buffer.concat([frameHead(23), repeated(0x20, 5, { last: true })]);
  for (const bytes of [undeclared, Buffer.alloc(0), frame.subarray(0, 4), frame.subarray(0, 5), skippable])
    t.equal(declaredSize(bytes), null);
  // A window descriptor, then two bytes: 256 more than they say.
  const declaring = (size: number) => {
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x40, 13 << 3, 0, 0]);
    head.writeUInt16LE(size - 256, 6);
    return Buffer.concat([head, repeated(0x20, 1_000, { last: true })]);
  };
  t.equal(declaredSize(declaring(1_000)), 1_000);
  t.equal(decompress(declaring(1_000), MiB).length, 1_000);
  for (const lie of [999, 1_001, 256]) t.strictSame(refusal(declaring(lie)), noFrame, `${lie}`);
  t.strictSame(refusal(declaring(1_000), 999), tooLarge(999));
});

t.test("asks no wider window of its own reader", async (t) => {
  const bytes = Buffer.alloc(20 * MiB, "roll call ");
  t.ok(decompress(compress(bytes), 20 * MiB).equals(bytes));
});

t.test("refuses a frame that is cut anywhere", async (t) => {
  const cuts = Array.from({ length: frame.length }, (_, length) => refusal(frame.subarray(0, length)));
  t.strictSame(
    cuts,
    cuts.map(() => noFrame),
  );
});

t.test("refuses whatever stands behind the frame", async (t) => {
  for (const more of [Buffer.alloc(1), Buffer.from("\n"), frame, skippable, frame.subarray(0, 4)])
    t.strictSame(refusal(Buffer.concat([frame, more])), behind);
});

t.test("refuses a frame whose content does not have its checksum", async (t) => {
  t.equal(frame.readUInt8(4) & 0b100, 0b100, "it has one (RFC 8878, 3.1.1.1.1)");
  const changed = Buffer.from(frame);
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
  t.strictSame(refusal(changed), noFrame);
});

t.test("refuses a frame that says nothing, and what is no zstd", async (t) => {
  t.strictSame(refusal(skippable), noFrame);
  t.strictSame(refusal(Buffer.concat([skippable, frame])), noFrame);
  t.strictSame(refusal(Buffer.alloc(0)), noFrame);
  t.strictSame(refusal(Buffer.from("{}")), noFrame);
  t.strictSame(refusal(Buffer.from([0x1f, 0x8b, 8, 0])), noFrame);
});

t.test("gives of any bytes at all what they say or a problem", async () => {
  const changed = fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(frame);
    bytes.writeUInt8(byte, at);
    return bytes;
  });
  const headed = fc.uint8Array().map((bytes) => Buffer.concat([frameHead(20), bytes]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), changed, headed), (bytes) => {
      const refused = refusal(bytes, 64 * KiB);
      return refused === null || ["invalid-encoding", "too-large"].includes(refused.code);
    }),
    { numRuns: 300 },
  );
});

/** A list of packages, with this version of the last. */
const packages = (count: number, version: string) =>
  Buffer.from(
    JSON.stringify(
      Array.from({ length: count }, (_, index) => ({
        name: `library-${(index * 7_919) % 100_003}`,
        version: index === count - 1 ? version : `${index % 9}.${index % 31}-${(index * 37) % 100}`,
      })),
    ),
  );

t.test("packs with a dictionary of any size no more than what changed", async (t) => {
  for (const count of [20, 2_000, 20_000, 60_000]) {
    const [was, is] = [packages(count, "1.2"), packages(count, "1.3")];
    const frame = compress(is, was);
    t.ok(frame.length < 50 + was.length / 5_000, `${frame.length} bytes of ${was.length}`);
    t.ok(decompress(frame, is.length, was).equals(is));
  }
});

t.test("reads a frame with its own dictionary only", async (t) => {
  const [was, is] = [packages(200, "1.2"), packages(200, "1.3")];
  const body = compressDcz(is, was);
  const { hash, frame } = readDcz(body);
  t.equal(body.subarray(0, 8).toString("hex"), "5e2a4d1820000000", "RFC 9842, 5");
  t.ok(hash.equals(createHash("sha256").update(was).digest()));
  t.ok(decompress(frame, is.length, was).equals(is));
  t.strictSame(refusal(frame), noFrame);
  for (const other of [Buffer.from("short"), was.subarray(0, 50)])
    t.strictSame(
      refusalOf(() => decompress(frame, MiB, other)),
      noFrame,
    );
  t.strictSame(
    refusalOf(() => decompress(frame, is.length - 1, was)),
    tooLarge(is.length - 1),
  );
  t.strictSame(
    refusalOf(() => decompress(Buffer.concat([frame, frame]), MiB, was)),
    behind,
  );
});

t.test("refuses as dcz what names no dictionary", async (t) => {
  const body = compressDcz(Buffer.from("{}"), packages(2, "1"));
  const changed = Buffer.from(body);
  changed.writeUInt8(0x21, 4);
  const refused = {
    code: "invalid-encoding",
    detail: "The body does not begin with the digest of a dictionary (RFC 9842).",
  };
  for (const bytes of [Buffer.alloc(0), frame, skippable, body.subarray(0, 39), body.subarray(1), changed])
    t.strictSame(
      refusalOf(() => readDcz(bytes)),
      refused,
    );
  t.equal(readDcz(body.subarray(0, 40)).frame.length, 0);
});
