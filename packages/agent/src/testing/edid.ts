/** Builds the EDID of a display, as good or bad as a test wants it. */

interface Parts {
  /** Of the maker. */
  readonly letters?: string;
  readonly product?: number;
  readonly number?: number;
  readonly week?: number;
  /** As it stands there: years since 1990. */
  readonly year?: number;
  readonly centimetres?: readonly [width: number, height: number];
  /** Of the first timing. */
  readonly millimetres?: readonly [width: number, height: number];
  /** Tag and text of the other descriptors, three at most. */
  readonly texts?: readonly (readonly [tag: number, text: string | Uint8Array])[];
}

/** One block with a right checksum. */
export function edid({
  letters = "DEL",
  product = 0x4026,
  number = 0,
  week = 46,
  year = 17,
  centimetres = [38, 30],
  millimetres = [376, 301],
  texts = [],
}: Parts): Buffer {
  const block = Buffer.alloc(128);
  block.set([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]);
  const [first = 0, second = 0, third = 0] = [...letters].map((letter) => letter.charCodeAt(0) - 64);
  block.writeUInt16BE((first << 10) | (second << 5) | third, 8);
  block.writeUInt16LE(product, 10);
  block.writeUInt32LE(number, 12);
  block.set([week, year, 1, 3, 0x80, ...centimetres], 16);
  const [width, height] = millimetres;
  block.set([1, 0x1d], 54);
  block.set([width & 0xff, height & 0xff, ((width >> 8) << 4) | (height >> 8)], 66);
  for (const [index, [tag, text]] of texts.entries()) {
    const at = 72 + 18 * index;
    block.set([0, 0, 0, tag, 0, ...Buffer.alloc(13, " ")], at);
    block.set(Buffer.from(text).subarray(0, 13), at + 5);
  }
  const sum = block.reduce((sum, byte) => sum + byte, 0);
  block[127] = (256 - (sum % 256)) % 256;
  return block;
}
