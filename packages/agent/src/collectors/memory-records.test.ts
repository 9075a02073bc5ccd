// Section `memory`, held against what dmidecode printed of real machines.
import { readdirSync } from "node:fs";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { smbiosFiles, structuresIn } from "../testing/dmidecode.ts";
import { record, recordAt, withoutRecords } from "../testing/records.ts";

/** What dmidecode and makers print for nothing. */
const nothing =
  /^(|--|Unknown.*|Undefined|Other|Not Specified|None|Unk|0+|NO DIMM|No Module Installed|Not Provided|\[Empty\]|<BAD INDEX>|<OUT OF SPEC>|JEDEC ID:( ?00)+|0x0+|Default string|ModulePartNumber\d+|Manufacturer\d+|SerNum\d+|PartNum\d+|.*To Be Filled.*|F+)$/;

/** The modules that are memory, as members of the section: neither firmware's own store nor persistent. */
function printedModules(text: string) {
  return structuresIn(text)
    .filter(({ type }) => type === 17)
    .flatMap(({ lines }) => {
      const line = (name: string) => {
        const value = lines.get(name)?.replaceAll(/\s+/g, " ").trim() ?? "";
        return nothing.test(value) ? undefined : value;
      };
      const [, amount, unit] = /^(\d+) (MB|GB)$/.exec(line("Size") ?? "") ?? [];
      if (amount === undefined || line("Type") === "Logical non-volatile device") return [];
      const speed = line("Configured Memory Speed") ?? line("Configured Clock Speed") ?? line("Speed");
      const module = {
        size: Number(amount) * (unit === "GB" ? 2 ** 30 : 2 ** 20),
        type: line("Type")?.startsWith("<") ? undefined : line("Type"),
        speed: speed && Number.parseInt(speed, 10),
        manufacturer: line("Manufacturer"),
        partNumber: line("Part Number"),
        serial: line("Serial Number"),
      };
      return [Object.fromEntries(Object.entries(module).filter(([, value]) => value !== undefined))];
    });
}

const ofSize = (modules: readonly object[]) =>
  JSON.stringify(modules.map((module) => JSON.stringify(module)).sort());

t.test("tells the modules of every recorded machine", { skip: withoutRecords }, async (t) => {
  for (const name of readdirSync(recordAt("dmi"))) {
    const printed = record(`dmi/${name}`).toString();
    const expected = printedModules(printed);
    if (expected.length === 0) continue;
    const { document, diagnostics = [] } = await collected(t, "memory", smbiosFiles(printed));
    const modules: { slot: string }[] = Object(document).modules;
    const told = modules.map(({ slot, ...module }) => module);
    t.equal(ofSize(told), ofSize(expected), name);
    t.equal(
      new Set(modules.map(({ slot }) => slot)).size,
      expected.length,
      `${name}: each has a slot of its own`,
    );
    const arrays = structuresIn(printed).filter(
      ({ type, lines }) => type === 16 && lines.get("Use") === "System Memory",
    );
    const slots = arrays.reduce((sum, { lines }) => sum + Number(lines.get("Number Of Devices")), 0);
    t.equal(Object(document).slots, slots < expected.length ? undefined : slots, `${name}: slots`);
    const persistent = printed.split("Type: Logical non-volatile device").length - 1;
    t.equal(diagnostics.length, persistent > 0 ? 1 : 0, `${name}: ${diagnostics}`);
  }
});

t.test(
  "tells the modules of tables from before type 17, and no flash",
  { skip: withoutRecords },
  async (t) => {
    const modules = async (name: string) => {
      const { document } = await collected(t, "memory", smbiosFiles(record(`dmi/${name}.txt`).toString()));
      return Object(document).modules;
    };
    t.same(await modules("desktop-asrock-type6"), [
      { slot: "DIMM0", size: 2 ** 30 },
      { slot: "DIMM1", size: 2 ** 30 },
    ]);
    t.match(await modules("desktop-hp-dc5100-kb"), [{ slot: "XMM1" }, { slot: "XMM2" }, { slot: "XMM3" }]);
  },
);
