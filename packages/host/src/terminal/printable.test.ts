// What outside text may do to a terminal: nothing.
import fc from "fast-check";
import t from "tap";
import { printable, printableJson } from "./printable.ts";

t.test("leaves ordinary text of any script as it is", async (t) => {
  for (const text of ["", "ThinkPad T14 Gen 3", "Ünïcödé", "日本語 ノート", "مكتب", "C:\\new", "👩 ❤️ 5 €"]) {
    t.equal(printable(text), text);
  }
});

t.test("writes out what a terminal would obey", async (t) => {
  t.equal(printable("a\x1b[2Jb"), "a\\u001b[2Jb");
  t.equal(printable("a\r\nb\tc\x7f"), "a\\u000d\\u000ab\\u0009c\\u007f");
  t.equal(printable("\u009b31m"), "\\u009b31m");
});

t.test("writes out what reorders or hides text", async (t) => {
  t.equal(printable("exe\u202egpj"), "exe\\u202egpj");
  t.equal(printable("\u061c\u200e\u200f\u2066x\u2069"), "\\u061c\\u200e\\u200f\\u2066x\\u2069");
  t.equal(printable("\ufeffa\u200bb\u00adc\u2028d"), "\\ufeffa\\u200bb\\u00adc\\u2028d");
  t.equal(printable("a\u{e0041}b"), "a\\udb40\\udc41b");
  t.equal(printable("a\ud800b"), "a\\ud800b");
});

t.test("needs no second pass", async () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => printable(printable(text)) === printable(text)),
  );
});

t.test("keeps JSON valid and equal in value", async (t) => {
  t.equal(printableJson({ host: "a\u202eb\n\u009b" }), '{"host":"a\\u202eb\\n\\u009b"}');
  t.equal(printableJson(undefined), "null");
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy: unknown = JSON.parse(JSON.stringify(value));
      t.strictSame(JSON.parse(printableJson(value)), copy);
    }),
  );
});
