// The query language as far as it goes: what it reads, and what it refuses rather than misread.
import assert from "node:assert/strict";
import fc from "fast-check";
import t, { type Test } from "tap";
import { limits } from "./limits.ts";
import { RollcallError } from "./problem.ts";
import { type Comparison, parseQuery, type Query } from "./query.ts";
import { allSections } from "./registry.ts";
import { type SearchField, searchFieldsOf } from "./search-values.ts";
import { anyCharacter } from "./testing/any-character.ts";
import { refusalOf } from "./testing/refusal.ts";

const fields: ReadonlyMap<string, SearchField> = searchFieldsOf(allSections);
const parse = (source: string): Query => parseQuery(source, fields);

const word = (text: string, negated = false) => ({ kind: "word", negated, text }) as const;
const text = (field: string, text: string, negated = false) =>
  ({ kind: "text", negated, field, text }) as const;
const number = (field: string, number: number, comparison: Comparison = "=", negated = false) =>
  ({ kind: "number", negated, field, comparison, number }) as const;

/** Whether each source is read as what stands beside it. */
function reads(t: Test, cases: Readonly<Record<string, readonly unknown[]>>): void {
  t.strictSame(Object.fromEntries(Object.keys(cases).map((source) => [source, parse(source)])), cases);
}

/** Whether each source is refused with the words beside it. */
function refuses(t: Test, cases: Readonly<Record<string, string>>): void {
  const refused = (source: string) => refusalOf(() => parse(source));
  t.strictSame(
    Object.fromEntries(Object.keys(cases).map((source) => [source, refused(source)])),
    Object.fromEntries(
      Object.entries(cases).map(([source, detail]) => [source, { code: "query-invalid", detail }]),
    ),
  );
}

t.test("reads words, fields and their negations, all of which have to hold", async (t) => {
  reads(t, {
    "": [],
    "   ": [],
    thinkpad: [word("thinkpad")],
    "ThinkPad  T14": [word("ThinkPad"), word("T14")],
    "os:debian": [text("os", "debian")],
    "OS:Debian": [text("os", "Debian")],
    "os.version:12.11": [text("os.version", "12.11")],
    "-lab": [word("lab", true)],
    "-os:debian model:T14": [text("os", "debian", true), text("model", "T14")],
    "a-b": [word("a-b")],
    "--a": [word("-a", true)],
    " os:debian\t\nlab ": [text("os", "debian"), word("lab")],
    "os:debian os:debian": [text("os", "debian"), text("os", "debian")],
    "software:openssl": [text("software", "openssl")],
    "zwölf 東京 😀": [word("zwölf"), word("東京"), word("😀")],
  });
});

t.test("reads quotes to the next that no backslash stands before", async (t) => {
  reads(t, {
    '"roll call"': [word("roll call")],
    'model:"ThinkPad T14"': [text("model", "ThinkPad T14")],
    '-model:"ThinkPad T14" lab': [text("model", "ThinkPad T14", true), word("lab")],
    '-"roll call"': [word("roll call", true)],
    '"a \\"b\\" c"': [word('a "b" c')],
    '"a\\\\b"': [word("a\\b")],
    '"a\\\nb"': [word("a\nb")],
    '"os:debian"': [word("os:debian")],
    '"-lab"': [word("-lab")],
    '"OR" "(a)" "a*"': [word("OR"), word("(a)"), word("a*")],
    'os.version:">12"': [text("os.version", ">12")],
    'model:14"': [text("model", '14"')],
    '" a "': [word(" a ")],
  });
});

t.test("compares numbers, with units by tens and by twos", async (t) => {
  reads(t, {
    "cores:8": [number("cores", 8)],
    "cores:=8": [number("cores", 8)],
    "cores:<8": [number("cores", 8, "<")],
    "cores:<=8": [number("cores", 8, "<=")],
    "cores:>8": [number("cores", 8, ">")],
    "-cores:>=8": [number("cores", 8, ">=", true)],
    "memory:<8GiB": [number("memory", 8 * 2 ** 30, "<")],
    "memory:8gib": [number("memory", 8 * 2 ** 30)],
    "memory:16GB": [number("memory", 16e9)],
    "memory:16g": [number("memory", 16e9)],
    "memory:1.5KiB": [number("memory", 1_536)],
    "memory:2k": [number("memory", 2_000)],
    "memory:2MB": [number("memory", 2e6)],
    "memory:2MiB": [number("memory", 2 ** 21)],
    "disk:>1TB": [number("disk", 1e12, ">")],
    "disk:>1TiB": [number("disk", 2 ** 40, ">")],
    'cores:"8"': [number("cores", 8)],
  });
});

t.test("takes addresses, hardware addresses, dates and versions without quotes", async (t) => {
  reads(t, {
    "ip:192.0.2.7": [text("ip", "192.0.2.7")],
    "ip:2001:DB8:0::7": [text("ip", "2001:db8::7")],
    "ip:fe80::1%eth0": [text("ip", "fe80::1%eth0")],
    "ip:::1": [text("ip", "::1")],
    "-ip:::ffff:192.0.2.7": [text("ip", "192.0.2.7", true)],
    "mac:AA:bb:cc:dd:ee:ff": [text("mac", "AA:bb:cc:dd:ee:ff")],
    "192.0.2.7 2026-03-01": [word("192.0.2.7"), word("2026-03-01")],
    "00:11:22:33:44:55": [word("00:11:22:33:44:55")],
    "2026-03-01T12:00:00Z": [word("2026-03-01T12:00:00Z")],
    "os.version:2026-03-01": [text("os.version", "2026-03-01")],
    "kernel:6.1.0-18-amd64": [text("kernel", "6.1.0-18-amd64")],
    "host:web-1.example.org": [text("host", "web-1.example.org")],
    "channel:a=b": [text("channel", "a=b")],
  });
});

t.test("refuses what the language will have later, at its position and with a way out", async (t) => {
  const wildcard = "wildcards are not there yet; quote the value to search for the sign.";
  const parentheses = "parentheses are not there yet; quote the value to search for them.";
  const onlyNumbers = "only numbers can be compared yet; quote the value to search for the sign.";
  const prefix = "ip: takes an address without its prefix length; networks are not there yet.";
  refuses(t, {
    "a OR b": "At position 3: OR is not there yet; quote it to search for the word.",
    "AND a": "At position 1: AND is not there yet; quote it to search for the word.",
    "a  NOT b": "At position 4: NOT is not there yet; quote it to search for the word.",
    "lab (model:T14": `At position 5: ${parentheses}`,
    "-(a b)": `At position 1: ${parentheses}`,
    "model:(a": `At position 1: ${parentheses}`,
    "os:debian b)": `At position 11: ${parentheses}`,
    "model:T14*": `At position 1: ${wildcard}`,
    "lab T?4": `At position 5: ${wildcard}`,
    "software:openssl<3.0.15": "At position 1: versions cannot be compared yet.",
    "lab openssl>=3": "At position 5: versions cannot be compared yet.",
    "os.version:>12": `At position 1: ${onlyNumbers}`,
    ">12": `At position 1: ${onlyNumbers}`,
    "lab -model:<a": `At position 5: ${onlyNumbers}`,
    "ip:10.0.0.0/8": `At position 1: ${prefix}`,
    'lab ip:"10.0.0.0/8"': `At position 5: ${prefix}`,
  });
});

t.test("says where a query is wrong and what is meant", async (t) => {
  const known = [...fields.keys()].sort().join(", ");
  const quote = "a quote is not closed, or no space follows where it is.";
  refuses(t, {
    "modle:T14": 'At position 1: there is no field "modle"; did you mean "model"?',
    "lab Vendr:a": 'At position 5: there is no field "vendr"; did you mean "vendor"?',
    "constructor:a": `At position 1: there is no field "constructor"; fields are ${known}.`,
    "seen:<7d": `At position 1: there is no field "seen"; fields are ${known}.`,
    "fe80::1": `At position 1: there is no field "fe80"; fields are ${known}.`,
    "os:": "At position 1: os: has no value.",
    "lab os: debian": "At position 5: os: has no value.",
    'os:""': "At position 1: os: has no value.",
    "a - b": "At position 3: there is no word here.",
    '""': "At position 1: there is no word here.",
    '"roll call': `At position 1: ${quote}`,
    'lab model:"T14': `At position 11: ${quote}`,
    '"a"b': `At position 1: ${quote}`,
    '"a\\"': `At position 1: ${quote}`,
    "cores:many": "At position 1: cores: takes a number, with < or > before it.",
    "cores:": "At position 1: cores: has no value.",
    "cores:-1": "At position 1: cores: takes a number, with < or > before it.",
    "cores:<": "At position 1: cores: takes a number, with < or > before it.",
    "lab memory:8GiBs": "At position 5: memory: takes a number such as 8GiB, with < or > before it.",
    "memory:8constructor": "At position 1: memory: takes a number such as 8GiB, with < or > before it.",
    "memory:1e9": "At position 1: memory: takes a number such as 8GiB, with < or > before it.",
    [`cores:${"9".repeat(400)}`]: "At position 1: cores: takes a number, with < or > before it.",
    "ip:10.0": "At position 1: ip: takes an IP address such as 192.0.2.7.",
    "ip:web-1": "At position 1: ip: takes an IP address such as 192.0.2.7.",
  });
});

t.test("counts positions in UTF-16 code units, white space before a part not among them", async (t) => {
  refuses(t, {
    "😀 \t OR": "At position 6: OR is not there yet; quote it to search for the word.",
  });
});

t.test("takes 4 KiB and not a byte more", async (t) => {
  const refusal = { code: "query-invalid", detail: "A query has at most 4096 bytes." };
  t.strictSame(parse("a".repeat(limits.query)), [word("a".repeat(limits.query))]);
  t.strictSame(
    refusalOf(() => parse("a".repeat(limits.query + 1))),
    refusal,
  );
  t.strictSame(
    refusalOf(() => parse("é".repeat(limits.query / 2 + 1))),
    refusal,
  );
  t.strictSame(
    refusalOf(() => parse(" ".repeat(limits.query + 1))),
    refusal,
  );
});

t.test("ends on the longest queries that are hard to read", async () => {
  const hard = [
    '"'.repeat(4_096),
    `"${"\\".repeat(4_095)}`,
    "a:".repeat(2_048),
    "-".repeat(4_096),
    `${"a.".repeat(2_000)}:b`,
    `${" ".repeat(4_095)}"`,
  ];
  for (const source of hard) readOrRefuse(source);
});

function readOrRefuse(source: string): Query | null {
  try {
    return parse(source);
  } catch (error) {
    assert.ok(error instanceof RollcallError && error.code === "query-invalid");
    assert.match(error.message, /^At position \d+: .*[.?]$|^A query has at most/s);
    return null;
  }
}

/** The query written out, every value in quotes. */
function written(query: Query): string {
  return query
    .map((condition) => {
      const value =
        condition.kind === "number"
          ? `${condition.comparison}${condition.number}`
          : `"${escaped(condition.text)}"`;
      const field = condition.kind === "word" ? "" : `${condition.field}:`;
      return `${condition.negated ? "-" : ""}${field}${value}`;
    })
    .join(" ");
}

const escaped = (value: string) => value.replaceAll(/["\\]/g, "\\$&");

t.test("reads of any text a query that means the same when it is written out, or refuses it", async () => {
  const parts = fc.constantFrom(
    ...'-:"\\<>=*?()/ ',
    "os",
    "memory",
    "ip",
    "8GiB",
    "10.0.0.1",
    "a",
    "OR",
    "model:",
  );
  const sources = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(parts, { maxLength: 10 }).map((some) => some.join("")),
    fc.array(fc.oneof(parts, fc.string()), { maxLength: 6 }).map((some) => some.join("")),
  );
  fc.assert(
    fc.property(sources, (source) => {
      const query = readOrRefuse(source);
      if (query?.every(({ kind }) => kind !== "number")) assert.deepEqual(parse(written(query)), query);
    }),
    { numRuns: 300 },
  );
});

t.test("reads back every query that is written out", async () => {
  const values = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 });
  const textField = fc.constantFrom("os", "model", "serial", "software", "os.version");
  const comparisons = fc.constantFrom<Comparison[]>("=", "<", "<=", ">", ">=");
  const conditions = fc.oneof(
    fc.tuple(values, fc.boolean()).map(([value, negated]) => word(value, negated)),
    fc.tuple(textField, values, fc.boolean()).map((of) => text(...of)),
    fc
      .tuple(fc.constantFrom("memory", "cores"), fc.nat(), comparisons, fc.boolean())
      .map((of) => number(...of)),
  );
  fc.assert(
    fc.property(fc.array(conditions, { maxLength: 5 }), (query) => {
      assert.deepEqual(parse(written(query)), query);
    }),
    { numRuns: 200 },
  );
});
