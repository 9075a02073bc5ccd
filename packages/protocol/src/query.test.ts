// The query language: what it reads, and what it refuses rather than misread.
import t, { type Test } from "tap";
import { limits } from "./limits.ts";
import { type Comparison, conditionsOf, type Query } from "./query.ts";
import { parseQuery } from "./query-parser.ts";
import type { QueryField } from "./query-values.ts";
import { allSections } from "./registry.ts";
import { searchFieldsOf } from "./search-values.ts";
import { refusalOf } from "./testing/refusal.ts";

const now = Date.parse("2026-03-10T12:00:00Z");
const fields: ReadonlyMap<string, QueryField> = new Map<string, QueryField>([
  ...searchFieldsOf(allSections),
  ["seen", { name: "seen", as: "time", sensitive: false }],
  ["state", { name: "state", as: "term", sensitive: false, values: ["active", "silent"] }],
]);
const parse = (source: string): Query => parseQuery(source, { fields, now });

const word = (text: string) => ({ kind: "word", text }) as const;
const text = (field: string, text: string) => ({ kind: "text", field, text }) as const;
const like = (field: string | null, ...pieces: string[]) => ({ kind: "like", field, pieces }) as const;
const number = (field: string, number: number, comparison: Comparison = "=") =>
  ({ kind: "number", field, comparison, number }) as const;
const version = (title: string, comparison: Comparison, version: string) =>
  ({ kind: "version", field: "software", title, comparison, version }) as const;
const network = (network: string) => ({ kind: "network", field: "ip", network }) as const;
const seen = (comparison: Exclude<Comparison, "=">, at: string) =>
  ({ kind: "time", field: "seen", comparison, at: Date.parse(at) }) as const;
const not = (part: Query): Query => ({ kind: "not", part });
const all = (...parts: Query[]): Query => ({ kind: "all", parts });
const any = (...parts: Query[]): Query => ({ kind: "any", parts });

/** Whether each source is read as what stands beside it. */
function reads(t: Test, cases: Readonly<Record<string, Query>>): void {
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
    "": all(),
    "   ": all(),
    thinkpad: word("thinkpad"),
    "ThinkPad  T14": all(word("ThinkPad"), word("T14")),
    "os:debian": text("os", "debian"),
    "OS:Debian": text("os", "Debian"),
    "os.version:12.11": text("os.version", "12.11"),
    "-lab": not(word("lab")),
    "-os:debian model:T14": all(not(text("os", "debian")), text("model", "T14")),
    "a-b": word("a-b"),
    "--a": not(word("-a")),
    " os:debian\t\nlab ": all(text("os", "debian"), word("lab")),
    "os:debian os:debian": all(text("os", "debian"), text("os", "debian")),
    "software:openssl": text("software", "openssl"),
    "zwölf 東京 😀": all(word("zwölf"), word("東京"), word("😀")),
  });
});

t.test("reads quotes to the next that no backslash stands before", async (t) => {
  reads(t, {
    '"roll call"': word("roll call"),
    'model:"ThinkPad T14"': text("model", "ThinkPad T14"),
    '-model:"ThinkPad T14" lab': all(not(text("model", "ThinkPad T14")), word("lab")),
    '-"roll call"': not(word("roll call")),
    '"a \\"b\\" c"': word('a "b" c'),
    '"a\\\\b"': word("a\\b"),
    '"a\\\nb"': word("a\nb"),
    '"os:debian"': word("os:debian"),
    '"-lab"': word("-lab"),
    '"OR" "(a)"': all(word("OR"), word("(a)")),
    'os.version:">12"': text("os.version", ">12"),
    'model:14"': text("model", '14"'),
    '" a "': word(" a "),
  });
});

t.test("compares numbers, with units by tens and by twos", async (t) => {
  reads(t, {
    "cores:8": number("cores", 8),
    "cores:=8": number("cores", 8),
    "cores:<8": number("cores", 8, "<"),
    "cores:<=8": number("cores", 8, "<="),
    "cores:>8": number("cores", 8, ">"),
    "-cores:>=8": not(number("cores", 8, ">=")),
    "memory:<8GiB": number("memory", 8 * 2 ** 30, "<"),
    "memory:8gib": number("memory", 8 * 2 ** 30),
    "memory:16GB": number("memory", 16e9),
    "memory:16g": number("memory", 16e9),
    "memory:1.5KiB": number("memory", 1_536),
    "memory:2k": number("memory", 2_000),
    "memory:2MB": number("memory", 2e6),
    "memory:2MiB": number("memory", 2 ** 21),
    "disk:>1TB": number("disk", 1e12, ">"),
    "disk:>1TiB": number("disk", 2 ** 40, ">"),
    'cores:"8"': number("cores", 8),
  });
});

t.test("takes addresses, hardware addresses, dates and versions without quotes", async (t) => {
  reads(t, {
    "ip:192.0.2.7": text("ip", "192.0.2.7"),
    "ip:2001:DB8:0::7": text("ip", "2001:db8::7"),
    "ip:fe80::1%eth0": text("ip", "fe80::1%eth0"),
    "ip:::1": text("ip", "::1"),
    "-ip:::ffff:192.0.2.7": not(text("ip", "192.0.2.7")),
    "mac:AA:bb:cc:dd:ee:ff": text("mac", "AA:bb:cc:dd:ee:ff"),
    "192.0.2.7 2026-03-01": all(word("192.0.2.7"), word("2026-03-01")),
    "00:11:22:33:44:55": word("00:11:22:33:44:55"),
    "2026-03-01T12:00:00Z": word("2026-03-01T12:00:00Z"),
    "os.version:2026-03-01": text("os.version", "2026-03-01"),
    "kernel:6.1.0-18-amd64": text("kernel", "6.1.0-18-amd64"),
    "host:web-1.example.org": text("host", "web-1.example.org"),
    "channel:a=b": text("channel", "a=b"),
  });
});

t.test("joins by OR less than by standing beside each other, and otherwise as parentheses say", async (t) => {
  const [a, b, c] = [word("a"), word("b"), word("c")];
  reads(t, {
    "a OR b": any(a, b),
    "a b OR c": any(all(a, b), c),
    "a (b OR c)": all(a, any(b, c)),
    "a AND b OR c": any(all(a, b), c),
    "(a OR b) OR c": any(a, b, c),
    "(a b) c": all(a, b, c),
    "((a))": a,
    "(a)(b)": all(a, b),
    "(a)b": all(a, b),
    "-(a b)": not(all(a, b)),
    "-(-a)": a,
    "NOT a": not(a),
    "NOT -a": a,
    "-(a OR -b) c": all(not(any(a, not(b))), c),
    '(model:"T14" OR model:Latitude)': any(text("model", "T14"), text("model", "Latitude")),
    '("a" OR "b")': any(a, b),
    "or ORb a": all(word("or"), word("ORb"), a),
    "cpu:Intel(R)": text("cpu", "Intel(R)"),
    "(cpu:Intel(R) OR a(b)c)": any(text("cpu", "Intel(R)"), word("a(b)c")),
  });
});

t.test("reads a star as a wildcard, quoted too, unless a backslash stands before it", async (t) => {
  reads(t, {
    "model:T14*": like("model", "T14", ""),
    'model:"ThinkPad T14*"': like("model", "ThinkPad T14", ""),
    "lib*ssl*3": like(null, "lib", "ssl", "3"),
    "software:**": like("software", "", ""),
    '-"*a"': not(like(null, "", "a")),
    'model:"a\\\\*"': like("model", "a\\", ""),
    'model:"a\\*"': text("model", "a*"),
    'model:"what?"': text("model", "what?"),
  });
});

t.test("compares versions of titles", async (t) => {
  reads(t, {
    "software:openssl<3.0.15": version("openssl", "<", "3.0.15"),
    "software:openssl>=1:3.0~rc1-2+deb12u1": version("openssl", ">=", "1:3.0~rc1-2+deb12u1"),
    "software:g++=4:12": version("g++", "=", "4:12"),
    '-software:"Visual Studio Code"<=1.90': not(version("Visual Studio Code", "<=", "1.90")),
    '(software:"a"="1 beta")': version("a", "=", "1 beta"),
    'software:"a=1"': text("software", "a=1"),
  });
});

t.test("reads networks, ages and dates", async (t) => {
  reads(t, {
    "ip:10.1.2.3/8": network("10.0.0.0/8"),
    'ip:"192.0.2.7/31"': network("192.0.2.6/31"),
    "ip:2001:DB8:ffff::/33": network("2001:db8:8000::/33"),
    "ip:::ffff:10.1.0.0/104": network("10.0.0.0/8"),
    "ip:0.0.0.0/0": network("0.0.0.0/0"),
    "seen:<7d": seen(">", "2026-03-03T12:00:00Z"),
    "seen:>=90m": seen("<=", "2026-03-10T10:30:00Z"),
    "-seen:<=2w": not(seen(">=", "2026-02-24T12:00:00Z")),
    "seen:>2026-03-01": seen(">", "2026-03-01T00:00:00Z"),
    "seen:<2026-03-01T06:30Z": seen("<", "2026-03-01T06:30:00Z"),
    "seen:2026-03-01": all(seen(">=", "2026-03-01T00:00:00Z"), seen("<", "2026-03-02T00:00:00Z")),
    "state:Active": text("state", "active"),
  });
});

t.test("refuses what it could only misread, at its position and with a way out", async (t) => {
  const instead = "quote it to search for the sign.";
  const versions =
    "what is compared needs its field, such as software:openssl<3.0.15; quote a word with < or >.";
  const only =
    "is not compared, only numbers, times and versions are; quote the value to search for the sign.";
  const time = "seen: takes an age such as <7d or a date such as >2026-03-01.";
  refuses(t, {
    "a OR": "At position 5: the query ends where a condition has to follow.",
    "AND a": `At position 1: AND stands where a condition has to; ${instead}`,
    "a OR OR b": `At position 6: OR stands where a condition has to; ${instead}`,
    "a  NOT": "At position 7: the query ends where a condition has to follow.",
    "a ()": `At position 4: ) stands where a condition has to; ${instead}`,
    "lab (model:T14": "At position 5: this parenthesis is not closed.",
    "os:debian b)": "At position 12: this parenthesis closes nothing; quote the value that it belongs to.",
    "model:(a": "At position 7: a parenthesis stands before the field; quote a value that begins with one.",
    "a(b": "At position 1: a parenthesis within a value is not closed; quote the value.",
    "lab T?4": "At position 5: the only wildcard is *; quote a value that has a question mark.",
    "lab openssl>=3": `At position 5: ${versions}`,
    '"openssl">=3': `At position 1: ${versions}`,
    ">12": `At position 1: ${versions}`,
    "os.version:>12": `At position 1: os.version: ${only}`,
    "lab -model:<a": `At position 6: model: ${only}`,
    "software:openssl<": "At position 1: software: there is no version to compare with.",
    'software:"a"<': "At position 1: there is nothing to compare with.",
    "software:lib*<3": "At position 1: versions are compared of one title, without a wildcard.",
    "ip:10.*": "At position 1: ip: takes a network such as 10.0.0.0/8 in the place of a wildcard.",
    "lab ip:10.0.0.0/33": "At position 5: ip: takes a network such as 10.0.0.0/8.",
    "ip:::ffff:10.0.0.0/8": "At position 1: ip: takes a network such as 10.0.0.0/8.",
    "seen:7d": `At position 1: ${time}`,
    "seen:<7y": `At position 1: ${time}`,
    "seen:<2026-02-30": `At position 1: ${time}`,
    "seen:2026-03-01T06:30Z": "At position 1: seen: a time needs < or > before it.",
    "state:lost": "At position 1: state: is one of active, silent.",
    "memory:8*": "At position 1: memory: takes a number such as 8GiB, with < or > before it.",
  });
});

t.test("says where a query is wrong and what is meant", async (t) => {
  const known = [...fields.keys()].sort().join(", ");
  const quote = "a quote is not closed.";
  refuses(t, {
    "modle:T14": 'At position 1: there is no field "modle"; did you mean "model"?',
    "lab Vendr:a": 'At position 5: there is no field "vendr"; did you mean "vendor"?',
    "constructor:a": `At position 1: there is no field "constructor"; fields are ${known}.`,
    "fe80::1": `At position 1: there is no field "fe80"; fields are ${known}.`,
    "os:": "At position 1: os: has no value.",
    "lab os: debian": "At position 5: os: has no value.",
    'os:""': "At position 1: os: has no value.",
    "a - b": "At position 3: there is no word here.",
    '""': "At position 1: there is no word here.",
    '"roll call': `At position 1: ${quote}`,
    'lab model:"T14': `At position 11: ${quote}`,
    '"a"b': "At position 4: no space follows where a quote is closed.",
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
    "😀 \t OR": "At position 8: the query ends where a condition has to follow.",
    "😀 \t )": "At position 6: this parenthesis closes nothing; quote the value that it belongs to.",
  });
});

t.test("takes 4 KiB and not a byte more", async (t) => {
  const refusal = { code: "query-invalid", detail: "A query has at most 4096 bytes." };
  t.strictSame(parse("a".repeat(limits.query)), word("a".repeat(limits.query)));
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

t.test("takes 64 conditions, 64 parentheses and no more", async (t) => {
  const many = (count: number) => Array.from({ length: count }, () => "a").join(" OR ");
  const nested = (count: number) => `${"(".repeat(count)}a${")".repeat(count)}`;
  t.equal(conditionsOf(parse(many(limits.queryConditions))).length, limits.queryConditions);
  t.strictSame(parse(nested(limits.queryParentheses)), word("a"));
  t.strictSame(
    refusalOf(() => parse(many(limits.queryConditions + 1))),
    { code: "query-invalid", detail: "A query has at most 64 conditions." },
  );
  refuses(t, {
    [nested(limits.queryParentheses + 1)]: "At position 65: a query has at most 64 parentheses.",
  });
});

t.test("ends on the longest queries that are hard to read", async (t) => {
  const hard = [
    '"'.repeat(4_096),
    `"${"\\".repeat(4_095)}`,
    "a:".repeat(2_048),
    "-".repeat(4_096),
    `${"a.".repeat(2_000)}:b`,
    `${" ".repeat(4_095)}"`,
    "(".repeat(4_096),
    ")".repeat(4_096),
    "-(".repeat(2_048),
    "NOT ".repeat(1_023),
    `${"NOT ".repeat(1_023)}a`,
    "*".repeat(4_096),
    `a${"(".repeat(4_095)}`,
  ];
  const codes = hard.map((source) => refusalOf(() => parse(source))?.code ?? "read");
  t.strictSame([...new Set(codes)].sort(), ["query-invalid", "read"]);
});
