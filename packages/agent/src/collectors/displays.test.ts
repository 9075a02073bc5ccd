// Section `displays`: what hangs at which connector.
import fc from "fast-check";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { edid } from "../testing/edid.ts";
import { record, withoutRecords } from "../testing/records.ts";

const drm = "/sys/class/drm";
const named = (name: string) => edid({ texts: [[0xfc, `${name}\n`]] });

t.test("tells the displays that are connected, at connectors without the card's number", async (t) => {
  const found = await collected(t, "displays", {
    [`${drm}/version`]: "drm 1.1.0\n",
    [`${drm}/card1/dev`]: "226:1\n",
    [`${drm}/card1-eDP-1/edid`]: named("Panel"),
    [`${drm}/card1-HDMI-A-1/edid`]: "",
    [`${drm}/card1-DP-2/edid`]: named("U2720Q"),
    [`${drm}/card1-Writeback-1/status`]: "unknown\n",
  });
  t.match(found, { status: "ok", diagnostics: [] });
  t.match(found.document, {
    displays: [
      { connector: "DP-2", manufacturer: "Dell", model: "U2720Q" },
      { connector: "eDP-1", model: "Panel" },
    ],
  });
});

t.test("tells connectors of one name on two cards apart", async (t) => {
  const found = await collected(t, "displays", {
    [`${drm}/card0-DP-1/edid`]: named("One"),
    [`${drm}/card1-DP-1/edid`]: named("Other"),
  });
  t.match(found.document, { displays: [{ connector: "card0-DP-1" }, { connector: "card1-DP-1" }] });
});

t.test("says none where nothing is connected, and which display tells garbage", async (t) => {
  t.match(await collected(t, "displays", {}), { status: "none", diagnostics: [] });
  const garbage = await collected(t, "displays", {
    [`${drm}/card0-VGA-1/edid`]: "garbage",
    [`${drm}/card0-DP-1/edid`]: named("Good"),
  });
  t.match(garbage, {
    document: { displays: [{ model: "Good" }] },
    diagnostics: ["VGA-1: what the display tells of itself is no EDID"],
  });
});

t.test("passes its definition whatever a display tells", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(127), fc.nat(255)), { maxLength: 60 }), async (changes) => {
      const bytes = named("A");
      for (const [at, byte] of changes) bytes[at] = byte;
      const { status } = await collected(t, "displays", { [`${drm}/card0-DP-1/edid`]: bytes });
      return status === "ok" || status === "none";
    }),
    { numRuns: 60 },
  );
});

/** What edid-decode tells of each record, serial numbers aside; of names in two parts the whole. */
const recorded = {
  "apple-921d-2names": ["APP921D", "Apple", "Cinema Display", 2005, 433, 270],
  "apple-cinema-2names": ["APP9220", "Apple", "Cinema HD Display", 2005, 641, 401],
  "auo-panel": ["AUO3191", "AU Optronics", undefined, 2020, 344, 193],
  "benq-serial-nuls": ["BNQ7668", "BenQ", "BenQ FP72V", 2005, 338, 270],
  "cnc-size0": ["CNC0000", "CNC", "WXGA TV", 2014, undefined, undefined],
  "dell-1908fp": ["DEL4026", "Dell", "DELL 1908FP", 2007, 376, 301],
  "dell-serial-ctl": ["DELF004", "Dell", "DELL SE198WFP", 2008, 408, 255],
  "ibm-year1990": ["IBM2374", "IBM", "N154I1", undefined, 331, 207],
  "innocn-name-nul": ["IOCFFFF", "INNOCN", "27C1U-D", 2022, 597, 336],
  "lenovo-serial-ff": ["LEN66B8", "Lenovo", "D27-30", 2021, 597, 336],
  "mitsubishi-v1.1-crt": ["MEL4381", "Mitsubishi", "NFN9705", 2000, 312, 234],
  "philips-analog-name-nul": ["PHL0819", "Philips", "LCD MONITOR", 2003, 408, 306],
  "rtk-empty-name": ["RTK1920", "Realtek", undefined, 2020, undefined, undefined],
  "samsung-3blocks": ["SAM7177", "Samsung", "LS28AG700N", 2021, 632, 360],
  "samsung-serial-nul": ["SAM0F9D", "Samsung", "C27R500", 2019, 598, 336],
  "shimian-badsum": ["ACB049B", "ACB", "QHD270", 2011, 597, 336],
  "tcl-name-nul-lf-2": ["TCL0000", "TCL", "55S431", 2021, 1_220, 680],
  "valve-modelyear": ["VLV91A8", "Valve", "Index HMD", 2018, undefined, undefined],
  "viewsonic-name13": ["VSCD824", "ViewSonic", "VA2431 Series", 2011, 521, 293],
} as const;

/** The records' texts have some serial numbers taken out: "..."; of one that was never set nothing is told. */
function serialIn(text: string): string | RegExp | undefined {
  const [, said] = /Display Product Serial Number: '?([^'\n]+)/.exec(text) ?? [];
  const [, number] = /^ {4}Serial Number: (.+)$/m.exec(text) ?? [];
  const serial = said ?? number;
  return serial === "..." ? /^[0-9A-Z]+$/ : serial;
}

t.test("tells of real displays what edid-decode tells", { skip: withoutRecords }, async (t) => {
  for (const [name, expected] of Object.entries(recorded)) {
    const [product, manufacturer, model, year, widthMillimetres, heightMillimetres] = expected;
    const found = await collected(t, "displays", {
      [`${drm}/card0-DP-1/edid`]: record(`edid/${name}.bin`),
    });
    const serial = name === "cnc-size0" ? undefined : serialIn(record(`edid/${name}.txt`).toString("latin1"));
    const { serial: told, ...display } = Object(Object(found.document).displays[0]);
    t.same(
      display,
      JSON.parse(
        JSON.stringify({
          connector: "DP-1",
          manufacturer,
          model,
          product,
          year,
          widthMillimetres,
          heightMillimetres,
        }),
      ),
      name,
    );
    if (serial instanceof RegExp) t.match(told, serial, `serial number of ${name}`);
    else t.equal(told, serial, `serial number of ${name}`);
    t.same(found.diagnostics, [], `the first block of ${name} is sound`);
  }
});
