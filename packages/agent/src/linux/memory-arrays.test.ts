// How many slots there are, and whether they correct errors.
import t from "tap";
import { smbiosTable, structure, word } from "../testing/smbios-table.ts";
import { memorySlots } from "./memory-arrays.ts";
import { parseSmbios } from "./smbios.ts";

const array = (use: number, correction: number, devices: number) =>
  structure({ type: 16, length: 0x17, fields: { 4: 3, 5: use, 6: correction, 13: word(devices) } });
const slots = (filled: number, ...arrays: readonly Uint8Array[]) =>
  memorySlots(parseSmbios(smbiosTable(...arrays)), filled);

t.test("counts the slots of all arrays that are the system's memory", async (t) => {
  t.same(slots(4, array(3, 6, 12), array(3, 6, 12), array(5, 3, 1)), {
    slots: 24,
    errorCorrection: "multi-bit ECC",
  });
  t.same(slots(0, array(3, 3, 2)), { slots: 2, errorCorrection: "none" });
});

t.test("tells nothing that firmware does not know", async (t) => {
  t.same(slots(8, array(3, 2, 2)), {}, "fewer slots than modules, and an unknown kind");
  t.same(slots(1, array(3, 5, 2), array(3, 3, 2)), { slots: 4 }, "arrays that differ");
  t.same(slots(0), {});
  t.same(slots(0, structure({ type: 16, length: 6, fields: { 5: 3 } })), {});
});
