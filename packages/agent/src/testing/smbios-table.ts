/** Builds SMBIOS tables as firmware leaves them, wrong lengths and strange strings included. */

interface Parts {
  readonly type: number;
  /** Of header and formatted area. */
  readonly length: number;
  /** Bytes by their offset; the others are 0. */
  readonly fields?: Readonly<Record<number, number | readonly number[]>>;
  readonly strings?: readonly (string | Uint8Array)[];
}

export function structure({ type, length, fields = {}, strings = [] }: Parts): Uint8Array {
  const formatted = Buffer.alloc(length);
  formatted.set([type, length]);
  for (const [offset, bytes] of Object.entries(fields)) formatted.set([bytes].flat(), Number(offset));
  const texts = strings.flatMap((text) => [Buffer.from(text), Buffer.alloc(1)]);
  return Buffer.concat([formatted, ...texts, Buffer.alloc(strings.length === 0 ? 2 : 1)]);
}

export const endOfTable = structure({ type: 127, length: 4 });

export const smbiosTable = (...structures: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([...structures, endOfTable]);

/** A little-endian number. */
export const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
export const doubleWord = (value: number): number[] => [...word(value & 0xffff), ...word(value >>> 16)];

interface MemoryDevice {
  /** As the table has it: MiB, with the highest bit KiB. */
  readonly size: number;
  readonly locator?: string;
  readonly bank?: string;
  readonly memoryType?: number;
  readonly fields?: Parts["fields"];
  /** Manufacturer, serial number and part number. */
  readonly texts?: readonly [string, string, string];
}

/** Type 17 as version 3.3 has it. */
export function memoryDevice({
  size,
  locator,
  bank,
  memoryType = 0x1a,
  fields = {},
  texts,
}: MemoryDevice): Uint8Array {
  const strings: string[] = [];
  const number = (text: string | undefined) => (text === undefined ? 0 : strings.push(text));
  const named = {
    12: word(size),
    16: number(locator),
    17: number(bank),
    18: memoryType,
    23: number(texts?.[0]),
    24: number(texts?.[1]),
    26: number(texts?.[2]),
  };
  return structure({ type: 17, length: 0x5c, fields: { ...named, ...fields }, strings });
}
