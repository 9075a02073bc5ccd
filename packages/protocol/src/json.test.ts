// Canonical JSON against RFC 8785's own examples and another implementation; and what received bytes must be.
import assert from "node:assert/strict";
import canonicalize from "canonicalize";
import fc from "fast-check";
import t from "tap";
import {
  canonical,
  canonicalBytes,
  deepest,
  mostValues,
  parseCanonical,
  parseCanonicalParts,
  parseJson,
} from "./json.ts";
import { RollcallError } from "./problem.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { refusalOf } from "./testing/refusal.ts";

/** Any JSON, with strings of all planes and member names that objects have of themselves. */
const json = fc.jsonValue({ stringUnit: anyCharacter, maxDepth: 5 });
const names = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.constantFrom("__proto__", "constructor", "toString", ""),
);
const objects = fc.dictionary(names, json, { noNullPrototype: true });

/** The double with these bits, as RFC 8785, appendix B lists them. */
const double = (bits: string) => Buffer.from(bits, "hex").readDoubleBE();

t.test("writes numbers as RFC 8785 does", async (t) => {
  const samples = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    ffefffffffffffff: "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    c340000000000000: "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    becbf647612f3696: "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
  };
  const written = Object.keys(samples).map((bits) => [bits, canonical(double(bits))]);
  t.strictSame(Object.fromEntries(written), samples);
});

t.test("sorts members by UTF-16 code units, as RFC 8785 does", async (t) => {
  const sample = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
  };
  t.equal(
    canonical(sample),
    '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
      '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  );
});

t.test("writes strings and literals as RFC 8785 does", async (t) => {
  const sample = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  t.equal(
    canonical(parseJson(Buffer.from(sample))),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

t.test("writes any JSON as another implementation of RFC 8785 does", async () => {
  fc.assert(
    fc.property(fc.oneof(json, objects), (value) => canonical(value) === canonicalize(value)),
    { numRuns: 300 },
  );
});

t.test("reads back what it wrote", async () => {
  // Names without escapes, because V8 can misread others (nodejs/node#63785); texts with all there are.
  const plain = fc.jsonValue({
    stringUnit: anyCharacter.filter((character) => !/["\\\p{Cc}]/u.test(character)),
  });
  const values = fc.tuple(plain, fc.array(fc.string({ unit: anyCharacter })));
  fc.assert(
    fc.property(values, (value) => {
      assert.deepEqual(parseCanonical(canonicalBytes(value)), JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 200 },
  );
});

t.test("leaves members without a value out", async (t) => {
  t.equal(canonical({ b: undefined, a: { c: undefined } }), '{"a":{}}');
});

t.test("refuses to write what has no canonical form", async (t) => {
  const formless = [
    "\ud800",
    { "\udc00": 1 },
    [Number.NaN],
    { a: Number.POSITIVE_INFINITY },
    undefined,
    [undefined],
    new Array(1),
    1n,
    Symbol("a"),
    () => 1,
  ];
  t.strictSame(
    formless.map((value) => refusalOf(() => canonical(value))?.code),
    formless.map(() => "not-canonical"),
  );
});

t.test("refuses bytes that are not their own canonical form", async (t) => {
  const others = {
    "duplicate members": '{"a":1,"a":1}',
    "duplicate members of two values": '{"a":1,"a":2}',
    "duplicate members, one written by an escape": '{"a":1,"\\u0061":1}',
    "members in another order": '{"b":1,"a":1}',
    "an integer that is not safe": "9007199254740993",
    "a number too large": "1e400",
    "minus zero": "-0",
    "another way to write a number": "1.0",
    "an exponent without its sign": "1e21",
    "an escape that is not needed": '"\\u0061"',
    "an escaped slash": '"\\/"',
    "upper-case hexadecimal digits": '"\\u000F"',
    "the long escape of a line feed": '"\\u000a"',
    "a lone surrogate, escaped": '"\\ud800"',
    "a pair of surrogates, escaped": '"\\ud83d\\ude00"',
    "a member named by a lone surrogate, escaped": '{"\\udfff":1}',
    "white space within": '{"a": 1}',
    "white space before": " {}",
    "a line feed behind": "{}\n",
  };
  t.strictSame(
    Object.entries(others).map(([what, text]) => [
      what,
      refusalOf(() => parseCanonical(Buffer.from(text)))?.code,
    ]),
    Object.keys(others).map((what) => [what, "not-canonical"]),
  );
});

t.test("gives large parts as texts, and refuses what is not canonical in them or around them", async (t) => {
  const membersOf = (value: unknown): object[] =>
    Object.values(Object(value)).filter(
      (member): member is object => typeof member === "object" && member !== null,
    );
  const parse = (text: string, levels = 1) => parseCanonicalParts(Buffer.from(text), membersOf, levels);
  const text = '{"a":{"b":[1]},"c":[2],"d":null,"e":"f"}';
  const { value, texts } = parse(text);
  t.strictSame(value, { a: { b: [1] }, c: [2], d: null, e: "f" });
  t.strictSame(
    [...texts],
    [
      [{ b: [1] }, '{"b":[1]}'],
      [[2], "[2]"],
    ],
  );
  for (const levels of [0, 2, 9]) t.strictSame(parse(text, levels).value, value, `${levels} levels`);
  const others = [
    ' {"a":1}',
    '{"b":1,"a":1}',
    '{"a":{"c":1,"b":1}}',
    '{"a":{},"a":{}}',
    '{"a": {}}',
    "[1, 2]",
  ];
  for (const other of others) t.equal(refusalOf(() => parse(other))?.code, "not-canonical", other);
  const deep = `${'{"a":'.repeat(33)}1${"}".repeat(33)}`;
  t.equal(refusalOf(() => parse(deep))?.code, "too-deep");
});

t.test("refuses bytes that are no JSON in UTF-8", async (t) => {
  const bytes = {
    nothing: Buffer.alloc(0),
    "a byte order mark": Buffer.from("\ufeff{}"),
    UTF16: Buffer.from("{}", "utf16le"),
    "a lone surrogate in UTF-8": Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    "an overlong slash": Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    "a cut character": Buffer.from([0x22, 0xe2, 0x82, 0x22]),
    "a raw NUL": Buffer.from('"\0"'),
    "a NUL behind": Buffer.from("{}\0"),
    "something behind": Buffer.from("{}{}"),
    "a cut object": Buffer.from('{"a":'),
    "closings alone": Buffer.from("]".repeat(50_000) + "[".repeat(50_000)),
    "a comma too many": Buffer.from("[1,]"),
    comment: Buffer.from("{}//"),
    "single quotes": Buffer.from("{'a':1}"),
    NaN: Buffer.from("NaN"),
    "a leading zero": Buffer.from("01"),
  };
  t.strictSame(
    Object.entries(bytes).map(([what, given]) => [what, refusalOf(() => parseJson(given))?.code]),
    Object.keys(bytes).map((what) => [what, "invalid-json"]),
  );
});

t.test("counts levels before it builds anything, and not within strings", async (t) => {
  const nested = (levels: number) => Buffer.from("[".repeat(levels) + "]".repeat(levels));
  t.equal(canonical(parseCanonical(nested(deepest))), nested(deepest).toString());
  const refusal = { code: "too-deep", detail: `The body nests deeper than ${deepest} levels.` };
  t.strictSame(
    refusalOf(() => parseJson(nested(deepest + 1))),
    refusal,
  );
  t.strictSame(
    refusalOf(() => parseCanonical(nested(10_000))),
    refusal,
  );
  t.strictSame(
    refusalOf(() => parseJson(Buffer.from('{"a":'.repeat(10_000)))),
    refusal,
  );
  t.strictSame(refusalOf(() => parseJson(nested(3), 2))?.code, "too-deep");
  t.equal(parseJson(Buffer.from(`"${"[".repeat(10_000)}"`)), "[".repeat(10_000));
  t.equal(parseJson(Buffer.from(`"\\"${"{".repeat(100)}"`)), `"${"{".repeat(100)}`);
});

t.test("refuses more values than any document has, and takes as many", async (t) => {
  const zeros = (count: number) => Buffer.from(`[${"0,".repeat(count - 1)}0]`);
  t.strictSame(parseJson(zeros(mostValues - 1)), new Array(mostValues - 1).fill(0));
  const refusal = { code: "too-large", detail: `The body holds more than ${mostValues} values.` };
  t.strictSame(
    refusalOf(() => parseJson(zeros(mostValues))),
    refusal,
  );
  t.strictSame(
    refusalOf(() => parseCanonical(Buffer.from(`[${"{},".repeat(mostValues)}{}]`))),
    refusal,
  );
});

/** Canonical JSON with a few of its bytes changed, cut out or put in. */
const damaged = fc
  .tuple(
    objects,
    fc.array(fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) }), {
      maxLength: 3,
    }),
  )
  .map(([value, changes]) =>
    changes.reduce<Uint8Array>((bytes, { at, drop, put }) => {
      const from = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + drop)]);
    }, canonicalBytes(value)),
  );

t.test(
  "gives of any bytes at all a value or a problem, and of canonical ones the value they say",
  async () => {
    const codes = ["invalid-json", "not-canonical", "too-deep"];
    const refused = (error: unknown) => error instanceof RollcallError && codes.includes(error.code);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), (bytes) => {
        let parsed: unknown;
        try {
          parsed = parseCanonical(bytes);
        } catch (error) {
          return refused(error);
        }
        return Buffer.compare(canonicalBytes(parsed), bytes) === 0;
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), (bytes) => {
        try {
          parseJson(bytes);
          return true;
        } catch (error) {
          return refused(error);
        }
      }),
      { numRuns: 300 },
    );
  },
);
