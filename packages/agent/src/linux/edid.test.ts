// What displays tell of themselves, rightly and wrongly.
import fc from "fast-check";
import t from "tap";
import { edid } from "../testing/edid.ts";
import { parseEdid } from "./edid.ts";

const parsed = (bytes: Uint8Array) => {
  const notes: string[] = [];
  return { display: parseEdid(bytes, (note) => notes.push(note)), notes };
};
const display = (parts: Parameters<typeof edid>[0]) => parsed(edid(parts)).display;

t.test("tells maker, name, serial number, year and size", async (t) => {
  const bytes = edid({
    number: 123_456,
    texts: [
      [0xff, "CN0A1B2C3D4E\n"],
      [0xfc, "DELL 1908FP\n"],
    ],
  });
  t.same(parsed(bytes), {
    display: {
      manufacturer: "Dell",
      model: "DELL 1908FP",
      product: "DEL4026",
      serial: "CN0A1B2C3D4E",
      year: 2007,
      widthMillimetres: 376,
      heightMillimetres: 301,
    },
    notes: [],
  });
  t.same(parsed(Buffer.concat([bytes, Buffer.alloc(256, 0xfc)])).display, parsed(bytes).display);
});

t.test("names makers that are not known by their letters, and none that letters do not make", async (t) => {
  t.match(display({ letters: "QQX", product: 1 }), { manufacturer: "QQX", product: "QQX0001" });
  t.match(display({ letters: "A[@" }), { manufacturer: undefined, product: undefined });
});

t.test("reads names over several descriptors, however they end", async (t) => {
  const model = (...names: (string | Uint8Array)[]) =>
    display({ texts: names.map((name) => [0xfc, name]) })?.model;
  t.equal(model("Cinema Displa", "y\n"), "Cinema Display");
  t.equal(model("Cinema HD \n", "Display\n"), "Cinema HD Display");
  t.equal(model("Studio\n", "5K\n"), "Studio 5K");
  t.equal(model("27C1U-D\0  "), "27C1U-D");
  t.equal(model("55S431\0\n"), "55S431");
  t.equal(model("QHD270\n", "\n", "\n"), "QHD270");
  t.equal(model("VA2431 Series"), "VA2431 Series");
  t.equal(model(new Uint8Array([0x42, 0xfc, 0x72, 0x6f, 0x0a])), "Büro");
  t.equal(model("\0\n"), undefined);
});

t.test("takes a panel's part number where it has no name", async (t) => {
  const model = (...texts: string[]) => display({ texts: texts.map((text) => [0xfe, text]) })?.model;
  t.equal(model("SAMSUNG\n", "LTN156AT24"), "LTN156AT24");
  t.equal(model("N154I1\n"), "N154I1");
  t.equal(model("LG Display\n", "LP156WF6-SPK1"), "LP156WF6-SPK1");
  t.equal(model("AUO\n"), undefined);
  t.equal(model("TJ3V1\x80156HW"), undefined, "bytes for the maker's own programs");
});

t.test("takes the number where there is no serial text, and neither when it was never set", async (t) => {
  const serial = (number: number, text?: string) =>
    display({ number, texts: text === undefined ? [] : [[0xff, text]] })?.serial;
  t.equal(serial(3_000_000_001), "3000000001");
  t.equal(serial(4_711, "\0\0\0\0\0\0\0\0\0\n   "), "4711");
  t.equal(serial(7, "55500011ABC\x01"), "55500011ABC");
  t.equal(serial(7, "ABCD123456X\0 "), "ABCD123456X");
  for (const number of [0, 0x01010101, 0xffffffff]) t.equal(serial(number, "000000000000\n"), undefined);
});

t.test("tells years that can be", async (t) => {
  t.equal(display({ week: 255, year: 28 })?.year, 2018);
  t.equal(display({ week: 0, year: 0 })?.year, undefined);
});

t.test("tells no size where there is only an aspect ratio, and the display's own one", async (t) => {
  const size = (centimetres: [number, number], millimetres: [number, number]) => {
    const { widthMillimetres, heightMillimetres } = display({ centimetres, millimetres }) ?? {};
    return [widthMillimetres, heightMillimetres];
  };
  const none = [undefined, undefined];
  t.same(size([0, 0], [698, 393]), none);
  t.same(size([79, 0], [0, 0]), none, "16:9 by the rule of EDID 1.4");
  t.same(size([16, 9], [160, 90]), none);
  t.same(size([160, 90], [1_600, 900]), none);
  t.same(size([122, 68], [800, 450]), [1_220, 680], "the timing's is another display's");
  t.same(size([60, 34], [300, 340]), [600, 340]);
  t.same(size([60, 34], [0, 0]), [600, 340]);
  t.same(size([121, 68], [1_210, 680]), [1_210, 680]);
});

t.test("tells what can be had of an EDID with a wrong checksum or an early end, and says so", async (t) => {
  const bytes = edid({ texts: [[0xfc, "DELL 1908FP\n"]] });
  const changed = Uint8Array.from(bytes);
  changed[127] = (bytes[127] ?? 0) ^ 1;
  t.match(parsed(changed), {
    display: { model: "DELL 1908FP" },
    notes: ["the display's EDID has a wrong checksum"],
  });
  t.match(parsed(bytes.subarray(0, 60)), {
    display: { product: "DEL4026", year: 2007, widthMillimetres: 380, model: undefined },
    notes: ["the display's EDID is cut short"],
  });
  for (const none of [bytes.subarray(0, 17), bytes.subarray(1), Buffer.from("garbage"), Buffer.alloc(128)])
    t.same(parsed(none), { display: undefined, notes: ["what the display tells of itself is no EDID"] });
});

t.test("never throws, whatever the bytes", async () => {
  const good = edid({ texts: [[0xfc, "A"]] });
  const change = fc.tuple(fc.nat(127), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.nat(128), (changes, length) => {
      const bytes = Uint8Array.from(good);
      for (const [at, byte] of changes) bytes.set([byte], at);
      const { display } = parsed(bytes.subarray(0, length));
      return display === undefined || Object.values(display).every((value) => value !== "");
    }),
    { numRuns: 200 },
  );
});
