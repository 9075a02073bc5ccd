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
export function hardwareIds(list: Uint8Array): HardwareIds {
  // The first line begins like every other.
  const bytes = Buffer.concat([Buffer.from("\n"), list]);
  const blocks = new Map<string, Block | undefined>();
  const known = (path: string, find: () => Block | undefined): Block | undefined => {
    if (!blocks.has(path)) blocks.set(path, find());
    return blocks.get(path);
  };
  const vendorBlock = (vendor: string) =>
    known(vendor, () => blockOf(bytes, { start: 0, end: bytes.length }, vendor));
  const deviceBlock = (vendor: string, device: string) =>
    known(`${vendor}:${device}`, () => within(bytes, vendorBlock(vendor), `\t${device}`));
  return {
    vendor: (vendor) => (isId(vendor) ? vendorBlock(vendor)?.name : undefined),
    device: (vendor, device) =>
      isId(vendor) && isId(device) ? deviceBlock(vendor, device)?.name : undefined,
    subsystem: (vendor, device, subVendor, subDevice) =>
      [vendor, device, subVendor, subDevice].every(isId)
        ? within(bytes, deviceBlock(vendor, device), `\t\t${subVendor} ${subDevice}`)?.name
        : undefined,
  };
}

const isId = (id: string): boolean => /^[0-9a-f]{4}$/.test(id);

/** A line's name, and where the lines below it are. */
interface Block extends Range {
  readonly name: string | undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const within = (bytes: Buffer, block: Block | undefined, key: string): Block | undefined =>
  block && blockOf(bytes, block, key);

const newline = 0x0a;
const tab = 0x09;
const hash = 0x23;

function blockOf(bytes: Buffer, { start, end }: Range, key: string): Block | undefined {
  const line = `\n${key}  `;
  const found = bytes.indexOf(line, start);
  if (found === -1 || found + line.length > end) return undefined;
  const nameEnd = lineEnd(bytes, found + 1);
  const name = clean(bytes.toString("utf8", found + line.length, nameEnd));
  return { name, start: nameEnd, end: blockEnd(bytes, nameEnd, depthOf(key), end) };
}

const depthOf = (key: string): number => key.lastIndexOf("\t") + 1;

/** Where the next line begins that is not below: with no more tabs than the block's own, and no remark. */
function blockEnd(bytes: Buffer, from: number, depth: number, end: number): number {
  let at = from;
  while (at < end) {
    const line = at + 1;
    if (bytes[line] !== hash && bytes[line] !== newline && tabsAt(bytes, line) <= depth) return at;
    at = lineEnd(bytes, line);
  }
  return end;
}

function tabsAt(bytes: Buffer, line: number): number {
  let tabs = 0;
  while (bytes[line + tabs] === tab) tabs++;
  return tabs;
}

function lineEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(newline, from);
  return end === -1 ? bytes.length : end;
}
