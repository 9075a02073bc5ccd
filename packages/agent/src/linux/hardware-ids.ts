/**
 * Names of PCI and USB ids from the lists that distributions install (pci.ids, usb.ids): looked up in the bytes as
 * they are, because only a few dozen of some 40,000 lines are ever asked for.
 */
import type { Look } from "../collecting/collector.ts";
import { clean } from "./firmware-text.ts";

/** Ids are four lower-case hexadecimal digits. */
export interface HardwareIds {
  vendor(vendor: string): string | undefined;
  device(vendor: string, device: string): string | undefined;
  subsystem(vendor: string, device: string, subVendor: string, subDevice: string): string | undefined;
}

export const pciIdFiles = [
  "/usr/share/misc/pci.ids",
  "/usr/share/hwdata/pci.ids",
  "/usr/share/pci.ids",
] as const;

export const usbIdFiles = [
  "/var/lib/usbutils/usb.ids",
  "/usr/share/misc/usb.ids",
  "/usr/share/hwdata/usb.ids",
  "/usr/share/usb.ids",
] as const;

const mostBytes = 8 * 2 ** 20;

/** The first of the files that is there. */
export function readHardwareIds(look: Look, files: readonly string[]): HardwareIds {
  for (const file of files) {
    const bytes = look.bytes(file, mostBytes);
    if (bytes !== undefined) return hardwareIds(bytes);
  }
  return hardwareIds(new Uint8Array());
}

/**
 * The list's lines are `VENDOR  NAME`, below it `TAB DEVICE  NAME`, below that `TAB TAB SUBVENDOR SUBDEVICE  NAME`;
 * other tables that follow (classes, languages) begin their lines with letters.
 */
export function hardwareIds(bytes: Uint8Array): HardwareIds {
  // A character for each byte: quick to make and to look through. Names are made of their bytes again.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  // Lists begin with a remark; to put something before it would copy all of it.
  const list = text.startsWith("#") ? text : `\n${text}`;
  const blocks = new Map<string, Block | undefined>();
  const known = (path: string, find: () => Block | undefined): Block | undefined => {
    if (!blocks.has(path)) blocks.set(path, find());
    return blocks.get(path);
  };
  const vendorBlock = (vendor: string) => known(vendor, () => blockIn(list, vendor, vendorEnd));
  const deviceBlock = (vendor: string, device: string) =>
    known(`${vendor}:${device}`, () => blockIn(vendorBlock(vendor)?.below, `\t${device}`, deviceEnd));
  return {
    vendor: (vendor) => (isId(vendor) ? vendorBlock(vendor)?.name : undefined),
    device: (vendor, device) =>
      isId(vendor) && isId(device) ? deviceBlock(vendor, device)?.name : undefined,
    subsystem: (vendor, device, subVendor, subDevice) =>
      [vendor, device, subVendor, subDevice].every(isId)
        ? blockIn(deviceBlock(vendor, device)?.below, `\t\t${subVendor} ${subDevice}`, lineEnd)?.name
        : undefined,
  };
}

const isId = (id: string): boolean => /^[0-9a-f]{4}$/.test(id);

interface Block {
  readonly name: string | undefined;
  /** The lines below it, a line feed before each. */
  readonly below: string;
}

/** Where the next line begins that is no remark and not below: with no more tabs than the block's own. */
const vendorEnd = /\n(?![\t#\n])/g;
const deviceEnd = /\n(?!\t\t|[#\n])/g;
const lineEnd = /\n/g;

function blockIn(lines: string | undefined, key: string, end: RegExp): Block | undefined {
  const entry = `\n${key}  `;
  const found = lines?.indexOf(entry) ?? -1;
  if (lines === undefined || found === -1) return undefined;
  const nameStart = found + entry.length;
  const nameEnd = next(lineEnd, lines, nameStart);
  const name = clean(Buffer.from(lines.slice(nameStart, nameEnd), "latin1").toString("utf8"));
  return { name, below: lines.slice(nameEnd, next(end, lines, nameEnd)) };
}

/** Where the pattern is found from there on, or where the text ends. */
function next(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
