/**
 * The SMBIOS structure table (DMTF DSP0134) as /sys/firmware/dmi/tables/DMI has it. Firmware writes wrong lengths;
 * nothing in it is believed.
 */
import { decodeFirmwareText } from "./firmware-text.ts";

/** One structure; read its fields with the functions below. */
export interface SmbiosStructure {
  readonly type: number;
  /** Header and formatted area; offsets are those of the specification. */
  readonly formatted: Uint8Array;
  readonly strings: readonly string[];
}

const headerBytes = 4;
const endOfTable = 127;
/** A field that names a string is one byte. */
const mostStrings = 255;

/**
 * The structures in their order, up to the end of the table or to where it makes no sense any more, which is noted.
 * The table may stand alone, as the kernel gives it, or behind what dumps and Windows put before it.
 */
export function parseSmbios(bytes: Uint8Array, note: (wrong: string) => void = () => {}): SmbiosStructure[] {
  const table = bytes.subarray(tableStart(bytes));
  const structures: SmbiosStructure[] = [];
  let at = 0;
  while (at < table.length) {
    const [type = endOfTable, length = 0] = table.subarray(at, at + headerBytes);
    const stringsAt = at + length;
    if (length < headerBytes || stringsAt > table.length) {
      note(wrongAt(structures, `length ${length} of type ${type} makes no sense`));
      break;
    }
    const end = endOfStrings(table, stringsAt);
    if (end === undefined && type !== endOfTable)
      note(wrongAt(structures, `the strings of type ${type} do not end`));
    structures.push({
      type,
      formatted: table.subarray(at, stringsAt),
      strings: stringsOf(table.subarray(stringsAt, end)),
    });
    if (type === endOfTable) break;
    at = (end ?? table.length) + 2;
  }
  return structures;
}

const wrongAt = (before: readonly SmbiosStructure[], wrong: string): string =>
  `the firmware's table is read up to structure ${before.length + 1}: ${wrong}`;

/** Behind an entry point (its anchor is no header that a table begins with) or Windows' header, whose second byte is no length of a structure. */
function tableStart(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, "_SM3_") && bytes.length >= 24) return view.getUint32(16, true);
  if (startsWith(bytes, "_SM_") && bytes.length >= 31) return view.getUint32(24, true);
  // RawSMBIOSData of GetSystemFirmwareTable: calling method, two bytes of version, revision, length of the table.
  const version = bytes[1] ?? 0;
  const isRaw = bytes.length >= 8 && version < headerBytes && view.getUint32(4, true) === bytes.length - 8;
  return isRaw ? 8 : 0;
}

/** The version in an entry point, as major × 256 + minor; undefined when it is none. */
export function smbiosVersion(entryPoint: Uint8Array): number | undefined {
  const at = startsWith(entryPoint, "_SM3_") ? 7 : startsWith(entryPoint, "_SM_") ? 6 : undefined;
  const [major, minor] = at === undefined ? [] : entryPoint.subarray(at, at + 2);
  return major === undefined || minor === undefined ? undefined : major * 256 + minor;
}

const startsWith = (bytes: Uint8Array, anchor: string): boolean =>
  Buffer.from(bytes.subarray(0, anchor.length)).toString("latin1") === anchor;

/** Where the strings that begin here end: before two NULs, also where there are none; undefined when the table ends before. */
function endOfStrings(table: Uint8Array, from: number): number | undefined {
  let nul = table.indexOf(0, from);
  while (nul !== -1 && table[nul + 1] !== 0) nul = table.indexOf(0, nul + 1);
  return nul === -1 ? undefined : nul;
}

function stringsOf(bytes: Uint8Array): string[] {
  const strings: string[] = [];
  let at = 0;
  while (at < bytes.length && strings.length < mostStrings) {
    const nul = bytes.indexOf(0, at);
    const end = nul === -1 ? bytes.length : nul;
    strings.push(decodeFirmwareText(bytes.subarray(at, end)));
    at = end + 1;
  }
  return strings;
}

/** A field of one byte; undefined where the structure is too short to have it, as in older versions. */
export function byteAt({ formatted }: SmbiosStructure, offset: number): number | undefined {
  return formatted[offset];
}

export function wordAt(structure: SmbiosStructure, offset: number): number | undefined {
  return littleEndian(structure, offset, 2);
}

export function doubleWordAt(structure: SmbiosStructure, offset: number): number | undefined {
  return littleEndian(structure, offset, 4);
}

/** 64 bits as a number: exact up to 2 ** 53. */
export function quadWordAt(structure: SmbiosStructure, offset: number): number | undefined {
  const [low, high] = [doubleWordAt(structure, offset), doubleWordAt(structure, offset + 4)];
  return low === undefined || high === undefined ? undefined : high * 2 ** 32 + low;
}

function littleEndian({ formatted }: SmbiosStructure, offset: number, bytes: number): number | undefined {
  if (offset + bytes > formatted.length) return undefined;
  return formatted.subarray(offset, offset + bytes).reduceRight((high, byte) => high * 256 + byte, 0);
}

/** The string that the byte at this offset names; undefined when it names none. */
export function stringAt(structure: SmbiosStructure, offset: number): string | undefined {
  const number = byteAt(structure, offset);
  return number === undefined || number === 0 ? undefined : structure.strings[number - 1];
}
