/** What the slots of memory make together: how many there are, and whether they correct errors (SMBIOS type 16, DSP0134). */
import { present } from "../collecting/collector.ts";
import { byteAt, type SmbiosStructure, wordAt } from "./smbios.ts";

interface MemorySlots {
  readonly slots?: number;
  readonly errorCorrection?: string;
}

const systemMemory = 0x03;

/** DSP0134 table 74; "other" and "unknown" are no answer. */
const corrections: Readonly<Record<number, string>> = {
  3: "none",
  4: "parity",
  5: "single-bit ECC",
  6: "multi-bit ECC",
  7: "CRC",
};

/** `filled`: how many modules were found; firmware that has fewer slots than these did not count. */
export function memorySlots(structures: readonly SmbiosStructure[], filled: number): MemorySlots {
  const arrays = structures.filter(
    (structure) => structure.type === 16 && byteAt(structure, 0x05) === systemMemory,
  );
  const slots = arrays.reduce((sum, array) => sum + (wordAt(array, 0x0d) ?? 0), 0);
  const kinds = new Set(arrays.map((array) => corrections[byteAt(array, 0x06) ?? 0]));
  const [errorCorrection] = kinds.size === 1 ? kinds : [];
  return present({ slots: slots >= filled && slots > 0 ? slots : undefined, errorCorrection });
}
