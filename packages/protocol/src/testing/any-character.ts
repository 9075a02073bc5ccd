/** Characters for property tests. */
import fc from "fast-check";

/** What programs stumble over: control characters, marks of byte and writing order, what JSON and HTML escape. */
const troublesome = [...'\0\n\r\t\u001b\u0080\u200b\u202e\u2028\ufeff\uffff"\\/~|<&'];

const between = (min: number, max: number) =>
  fc.integer({ min, max }).map((point) => String.fromCodePoint(point));

/**
 * A code point of any plane, never half a surrogate pair. As fast-check's unit `binary`, which lists all code
 * points before the first test and takes half a second for it.
 */
export const anyCharacter: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: between(0x20, 0x7e), weight: 4 },
  { arbitrary: between(0, 0xd7ff), weight: 2 },
  { arbitrary: between(0xe000, 0x10ffff), weight: 2 },
  { arbitrary: fc.constantFrom(...troublesome), weight: 1 },
);
