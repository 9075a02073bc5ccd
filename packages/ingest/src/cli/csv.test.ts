/** CSV: every value comes back, and none is a formula. */
import fc from "fast-check";
import t from "tap";
import { csvLine } from "./csv.ts";

t.test("quotes what RFC 4180 wants quoted, and nothing else", async (t) => {
  t.equal(csvLine(["a", null, 7, "", "x y"]), "a,,7,,x y");
  t.equal(csvLine(['a"b', "a,b", "a\nb", "a\r\nb"]), '"a""b","a,b","a\nb","a\r\nb"');
});

t.test("takes the meaning from what a spreadsheet would run", async (t) => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"])
    t.match(csvLine([text]), /^"?'/, JSON.stringify(text));
  t.equal(csvLine(['=HYPERLINK("http://x","y")']), '"\'=HYPERLINK(""http://x"",""y"")"');
  t.equal(csvLine([-5, "a=b", "2-1"]), "-5,a=b,2-1");
});

/** A reader of one record, by RFC 4180's grammar. */
function read(line: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|$)/gy;
  for (let isOpen = true; isOpen; ) {
    const match = field.exec(line);
    if (!match) throw new Error(`not a record: ${line}`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    isOpen = match[3] === ",";
  }
  return fields;
}

t.test("gives back every value that is no formula", async () => {
  const value = fc.string({
    unit: fc.oneof(fc.constantFrom('"', ",", "\n", "\r", "=", "'"), fc.string({ maxLength: 1 })),
  });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const isFormula = (text: string) => /^[=+\-@\t\r]/.test(text);
      const expected = values.map((text) => (isFormula(text) ? `'${text}` : text));
      return JSON.stringify(read(csvLine(values))) === JSON.stringify(expected);
    }),
  );
});
