// Names of ids are looked up where they belong.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { hardwareIds, pciIdFiles } from "./hardware-ids.ts";

const list = `# a remark
0001  Maker One
\t0a00  Board of One
0002  Maker Two \t
# a remark
\t0a00  Board of Two
\t\t0001 0bbb  Card by One
\t0a01  Zäh
\t\t0002 0bbb  Card by Two
0003  Maker Three
C 01  Mass storage controller
\t0a02  not a device of Three
`;

t.test("finds names below their own maker and board only", async (t) => {
  const ids = hardwareIds(Buffer.from(list));
  t.same(
    ["0001", "0002", "0003", "0004", "C 01"].map((vendor) => ids.vendor(vendor)),
    ["Maker One", "Maker Two", "Maker Three", undefined, undefined],
  );
  t.equal(ids.device("0001", "0a00"), "Board of One");
  t.equal(ids.device("0002", "0a00"), "Board of Two");
  t.equal(ids.device("0002", "0a01"), "Zäh");
  t.same(
    [ids.device("0001", "0a01"), ids.device("0004", "0a00"), ids.device("0001", "0002")],
    Array(3),
    "what stands below another",
  );
  t.equal(ids.subsystem("0002", "0a00", "0001", "0bbb"), "Card by One");
  t.equal(ids.subsystem("0002", "0a01", "0002", "0bbb"), "Card by Two");
  t.equal(ids.subsystem("0002", "0a00", "0002", "0bbb"), undefined);
});

t.test("makes nothing of what is no list and no id", async () => {
  const id = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("0001", "\n", "\t\t"));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), id, id, (bytes, vendor, device) => {
      const ids = hardwareIds(bytes);
      for (const name of [ids.vendor(vendor), ids.device(vendor, device)])
        if (name !== undefined && (name === "" || name.includes("\n"))) return false;
      return true;
    }),
    { numRuns: 200 },
  );
});

function installedList(): Buffer | undefined {
  for (const file of pciIdFiles) {
    try {
      return readFileSync(file);
    } catch {
      // Another one may be there.
    }
  }
  return undefined;
}

const installed = installedList();

t.test(
  "agrees with a reading of the whole list",
  { skip: installed ? false : "no list of ids is installed" },
  async (t) => {
    const whole = installed ?? Buffer.from("");
    const ids = hardwareIds(whole);
    let [vendor, seen] = ["", 0];
    const wrong: string[] = [];
    for (const [number, line] of whole.toString().split("\n").entries()) {
      if (line.startsWith("C ")) break;
      const [, tabs = "", id = "", name] = /^(\t?)([0-9a-f]{4}) {2}(.*)$/.exec(line) ?? [];
      if (name === undefined) continue;
      if (tabs === "") vendor = id;
      // Every one would take seconds.
      if (number % 50 !== 0) continue;
      seen++;
      const said = tabs === "" ? ids.vendor(id) : ids.device(vendor, id);
      if (said !== name.replaceAll(/\s+/g, " ").trim()) wrong.push(line);
    }
    t.same(wrong, []);
    t.ok(seen > 100, `${seen} were compared`);
  },
);
