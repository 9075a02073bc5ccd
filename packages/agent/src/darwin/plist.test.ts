// Property lists in both forms, whole and broken.
import fc from "fast-check";
import t from "tap";
import { parseAnyPlist } from "./binary-plist.ts";
import { parsePlist } from "./plist.ts";

const xml = (content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">${content}</plist>`;

/** As values without the missing prototype. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

t.test("reads every kind of value", async (t) => {
  const content = `<dict>
    <key>text</key><string>R&amp;D &#233;&#x2019; &lt;b&gt;</string>
    <key>empty</key><string/>
    <key>yes</key><true/><key>no</key><false/>
    <key>whole</key><integer>-42</integer><key>real</key><real>0.5</real>
    <key>when</key><date>2020-01-02T03:04:05Z</date>
    <key>data</key><data>
      YWJj
    </data>
    <key>list</key><array><dict/><array/><string>x</string></array>
    <!-- a comment -->
  </dict>`;
  t.same(plain(parsePlist(xml(content))), {
    text: "R&D é’ <b>",
    empty: "",
    yes: true,
    no: false,
    whole: -42,
    real: 0.5,
    when: "2020-01-02T03:04:05Z",
    data: "YWJj",
    list: [{}, [], "x"],
  });
});

t.test("takes a key without a value for none, and names of objects for keys", async (t) => {
  const content = "<dict><key>a</key><key>b</key><string>1</string><key>__proto__</key><true/></dict>";
  const value = parsePlist(xml(content));
  t.same(Object.entries(Object(value)), [
    ["b", "1"],
    ["__proto__", true],
  ]);
  t.equal(Object.getPrototypeOf(value), null);
});

t.test("makes nothing of what is none", async (t) => {
  const none = ["", "plain text", xml(""), "<plist><dict><key>a</key>", "<plist><dict></array></plist>"];
  t.same(
    none.map(parsePlist),
    none.map(() => undefined),
  );
  t.equal(parsePlist(xml("<array>".repeat(1_000) + "</array>".repeat(1_000))), undefined);
});

/** Made with another program: every kind of value, a text of 40 letters, a negative number, a date. */
const binary =
  "62706c6973743030db0102030405060708090a0b0c0d0e0f1011121718191a516155617363696953626967516454646174615166516c536e65675172517351741" +
  "0015f1028787878787878787878787878787878787878787878787878787878787878787878787878787878781300000100000000003341c1deca9280000043616" +
  "26308a30c13145374776fd11516516ea013fffffffffffffffb233ff800000000000062006800e909081f21272b2d3234363a3c3e40426d767f8384888c8f91929" +
  "ba4a90000000000000101000000000000001b000000000000000000000000000000aa";
const bytes = Buffer.from(binary, "hex");

t.test("reads the binary form", async (t) => {
  t.same(plain(parseAnyPlist(bytes)), {
    a: 1,
    ascii: "x".repeat(40),
    big: 2 ** 40,
    d: "2020-01-02T03:04:05Z",
    data: "YWJj",
    f: false,
    l: [1, "two", { n: [] }],
    neg: -5,
    r: 1.5,
    s: "hé",
    t: true,
  });
  t.same(plain(parseAnyPlist(Buffer.from(xml("<true/>")))), true);
});

t.test("ends with a binary list that refers to itself", async (t) => {
  // One array whose only object is the array.
  const head = Buffer.from("bplist00\xa1\x00\x08", "latin1");
  const trailer = Buffer.alloc(32);
  trailer.set([1, 1], 6);
  trailer[15] = 1;
  trailer[31] = 10;
  t.equal(parseAnyPlist(Buffer.concat([head, trailer])), undefined);
});

t.test("never throws, whatever the bytes", async () => {
  const broken = fc
    .tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length))
    .map(([at, value, length]) => {
      const changed = Buffer.from(bytes);
      changed[at] = value;
      return length > bytes.length / 2
        ? changed
        : Buffer.concat([changed.subarray(0, length), bytes.subarray(-32)]);
    });
  const any = fc.uint8Array({ maxLength: 200 }).map((tail) => Buffer.concat([bytes.subarray(0, 8), tail]));
  fc.assert(fc.property(fc.oneof(broken, any), (content) => plain(parseAnyPlist(content)) !== undefined));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("<", ">", "/", "dict", "key", "array", "a", "&") }),
      (text) => plain(parsePlist(text)) !== undefined,
    ),
  );
});

t.test("reads a broken tag without end as fast as another", async (t) => {
  const text = `<plist><string>x</string><${"a".repeat(2 ** 20)}`;
  t.equal(parsePlist(text), undefined);
});
