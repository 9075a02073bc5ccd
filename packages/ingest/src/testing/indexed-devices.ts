/** Made-up devices as the index knows them: few values, so that they meet and end. */
import { fold, type SearchValue } from "@rollcall/protocol";
import fc from "fast-check";
import type { IndexedDevice } from "../indexing/indexed-device.ts";

const text = fc.constantFrom("a", "A", "é", "e\u0301", "", "a\0", "%");

const values: fc.Arbitrary<SearchValue> = fc.oneof(
  fc.record({
    as: fc.constant("term" as const),
    field: fc.constantFrom("os", "model"),
    text,
    words: fc.boolean(),
    sensitive: fc.boolean(),
  }),
  fc.record({
    as: fc.constant("key" as const),
    field: fc.constantFrom("serial", "host"),
    text,
    words: fc.boolean(),
    sensitive: fc.constant(true),
  }),
  fc.record({
    as: fc.constant("number" as const),
    field: fc.constant("disk"),
    number: fc.constantFrom(0, 1, 1.5, 2 ** 40),
    sensitive: fc.constant(false),
  }),
  fc.record({
    as: fc.constant("title" as const),
    field: fc.constant("software"),
    title: text,
    version: fc.constantFrom(null, "1", "1\0", "2"),
    source: fc.constantFrom("deb", "rpm"),
    sensitive: fc.constant(false),
  }),
);

/** A device, or none. */
export const indexedDevices: fc.Arbitrary<IndexedDevice | null> = fc.option(
  fc.record({ sortName: text.map(fold), values: fc.array(values, { maxLength: 6 }) }),
  { freq: 3 },
);

/** Of several blocks, in two parts. */
export const indexedOrdinals = fc.constantFrom(1, 2, 65_535, 65_536, 2 ** 20 - 1, 2 ** 20);
