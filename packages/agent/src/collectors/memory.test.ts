// Section `memory`: the total of the kernel, the modules of the firmware.
import fc from "fast-check";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { memoryDevice, smbiosTable } from "../testing/smbios-table.ts";
import { parseMemTotal } from "./memory.ts";

const meminfo = "MemTotal:       32542668 kB\nMemFree:         7083640 kB\n";
const module = memoryDevice({
  size: 8_192,
  locator: "DIMM 0",
  texts: ["Hynix", "00000000", "HMAA1GS6CMR6N-UH    "],
});
const table = "/sys/firmware/dmi/tables/DMI";

t.test("tells the total and the modules", async (t) => {
  const found = await collected(t, "memory", { "/proc/meminfo": meminfo, [table]: smbiosTable(module) });
  t.match(found, { status: "ok", diagnostics: [] });
  t.same(found.document, {
    total: 32_542_668 * 1_024,
    modules: [
      { slot: "DIMM 0", size: 2 ** 33, type: "DDR4", manufacturer: "Hynix", partNumber: "HMAA1GS6CMR6N-UH" },
    ],
  });
});

t.test("tells what there is where the other is not", async (t) => {
  t.same((await collected(t, "memory", { "/proc/meminfo": meminfo })).document, { total: 33_323_692_032 });
  const modules = await collected(t, "memory", { [table]: smbiosTable(module) });
  t.match(modules.document, { total: undefined, modules: [{ slot: "DIMM 0" }] });
  t.match(await collected(t, "memory", { "/proc/meminfo": "MemFree: 1 kB\n" }), { status: "none" });
  t.match(await collected(t, "memory", {}), { status: "none" });
});

t.test("says when persistent modules are left out", async (t) => {
  const optane = memoryDevice({ size: 1_024, locator: "B", memoryType: 0x1f });
  const found = await collected(t, "memory", {
    "/proc/meminfo": meminfo,
    [table]: smbiosTable(module, optane),
  });
  t.match(found.document, { modules: [{ slot: "DIMM 0" }] });
  t.match(found.diagnostics, [/^1 persistent memory module/]);
});

t.test("believes no line that is not the kernel's", async (t) => {
  t.same(["MemTotal: x kB", "MemTotal: 1 MB", "XMemTotal: 1 kB", "MemTotal: 1"].map(parseMemTotal), Array(4));
});

t.test("passes its definition whatever the files hold", async (t) => {
  const text = fc.oneof(fc.string(), fc.constant(meminfo));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(module.length - 1), fc.nat(255)).map(([at, byte]) => {
      const changed = Uint8Array.from(smbiosTable(module, module));
      changed[at] = byte;
      return changed;
    }),
  );
  await fc.assert(
    fc.asyncProperty(text, bytes, async (memory, firmware) => {
      const { status } = await collected(t, "memory", { "/proc/meminfo": memory, [table]: firmware });
      return status === "ok" || status === "none";
    }),
    { numRuns: 100 },
  );
});

/** The modules that dmidecode prints, as members of the section; what it prints for nothing is left out. */
function printedModules(text: string) {
  const nothing = new Set(["", "Unknown", "Undefined", "Not Specified", "00000000", "No Module Installed"]);
  return text
    .split("\n\n")
    .filter((block) => block.includes("\nMemory Device\n"))
    .map(
      (block) =>
        new Map([...block.matchAll(/^\t([\w ]+): (.*)$/gm)].map(([, name, value]) => [name, value?.trim()])),
    )
    .flatMap((lines) => {
      const line = (name: string) => (nothing.has(lines.get(name) ?? "") ? undefined : lines.get(name));
      const [amount, unit] = line("Size")?.split(" ") ?? [];
      if (amount === undefined) return [];
      const speed = line("Configured Memory Speed") ?? line("Speed");
      return {
        slot: line("Locator"),
        size: Number(amount) * (unit === "GB" ? 2 ** 30 : 2 ** 20),
        type: line("Type"),
        speed: speed && Number.parseInt(speed, 10),
        manufacturer: line("Manufacturer"),
        partNumber: line("Part Number"),
        serial: line("Serial Number"),
      };
    })
    .map((module) => Object.fromEntries(Object.entries(module).filter(([, value]) => value !== undefined)));
}

t.test("tells the modules of real machines as dmidecode does", { skip: withoutRecords }, async (t) => {
  for (const name of ["Asus-UX307LA", "Lenovo-ThinkPad-T480", "SuperMicro-X9DBL", "VMWare"]) {
    const { document } = await collected(t, "memory", { [table]: record(`smbios/${name}.bin`) });
    const printed = printedModules(record(`smbios/${name}.dmidecode.txt`).toString());
    t.ok(printed.length > 0);
    t.same(Object(document).modules, printed, name);
  }
  for (const name of ["smbios-lib-jeffgerlap", "u-root-smbios_table"]) {
    const { document } = await collected(t, "memory", { [table]: record(`smbios/${name}.DMI`) });
    t.match(document, { modules: [{ type: "DDR4" }, { type: "DDR4" }] }, name);
  }
});
