/** What a display tells of itself: EDID (VESA E-EDID, release A2), as /sys/class/drm has it. Much of it is written wrongly. */
import { present } from "../collecting/collector.ts";
import { displayMaker } from "./display-makers.ts";
import { clean, decodeFirmwareText, told } from "./firmware-text.ts";

interface Display {
  readonly manufacturer?: string;
  readonly model?: string;
  /** Letters of the maker and hexadecimal number of the product, as in "DEL4026". */
  readonly product?: string;
  readonly serial?: string;
  readonly year?: number;
  readonly widthMillimetres?: number;
  readonly heightMillimetres?: number;
}

const blockBytes = 128;
const header = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
/** The last byte of what identifies the display; without it there is nothing to tell. */
const identityBytes = 18;

/** Undefined, with a note, when it is no EDID. Only the first block says who and how large the display is. */
export function parseEdid(edid: Uint8Array, note: (wrong: string) => void): Display | undefined {
  if (!header.every((byte, at) => edid[at] === byte) || edid.length < identityBytes) {
    note("what the display tells of itself is no EDID");
    return undefined;
  }
  const block = edid.subarray(0, blockBytes);
  if (block.length < blockBytes) note("the display's EDID is cut short");
  else if (block.reduce((sum, byte) => sum + byte, 0) % 256 !== 0)
    note("the display's EDID has a wrong checksum");
  const texts = textsOf(block);
  const letters = lettersOf(block);
  return present({
    manufacturer: letters && displayMaker(letters),
    model: modelOf(texts),
    product: letters && `${letters}${productNumber(block).toString(16).padStart(4, "0").toUpperCase()}`,
    serial: serialOf(texts, block),
    year: yearOf(block),
    ...sizeOf(block),
  });
}

/** Three letters of five bits each, "A" being 1. */
function lettersOf(block: Uint8Array): string | undefined {
  const [high = 0, low = 0] = block.subarray(8, 10);
  const bits = high * 256 + low;
  const letters = [10, 5, 0].map((shift) => (bits >> shift) & 0x1f);
  if (bits >= 0x8000 || letters.some((letter) => letter < 1 || letter > 26)) return undefined;
  return String.fromCharCode(...letters.map((letter) => letter + 64));
}

const productNumber = (block: Uint8Array): number => (block[10] ?? 0) + (block[11] ?? 0) * 256;

/** EDID is from 1994. Week 255 says that the year is that of the model. */
function yearOf(block: Uint8Array): number | undefined {
  const year = 1990 + (block[17] ?? 0);
  return year < 1994 ? undefined : year;
}

/** Tags of descriptors that hold text. */
const tags = { serial: 0xff, text: 0xfe, name: 0xfc } as const;
const descriptorBytes = 18;
const descriptors = [54, 72, 90, 108] as const;

interface Descriptor {
  readonly tag: number;
  readonly text: Uint8Array;
}

function textsOf(block: Uint8Array): readonly Descriptor[] {
  return descriptors.flatMap((at) => {
    const [first, second, third, tag, , ...text] = block.subarray(at, at + descriptorBytes);
    // Anything else begins with a clock rate: it is a timing.
    if (tag === undefined || first !== 0 || second !== 0 || third !== 0) return [];
    return [{ tag, text: Uint8Array.from(text) }];
  });
}

/** The text ends with a line feed, and blanks follow; many write a NUL instead. */
function textOf({ text }: Descriptor): string {
  const end = text.findIndex((byte) => byte === 0x0a || byte === 0);
  return decodeFirmwareText(end === -1 ? text : text.subarray(0, end));
}

/** A long name goes on in the next descriptor: "Cinema Displa", "y". */
function modelOf(texts: readonly Descriptor[]): string | undefined {
  const parts = [...new Set(texts.filter(({ tag }) => tag === tags.name).map(textOf))];
  const name = parts.reduce((name, part) => `${name}${isWhole(name) ? " " : ""}${part}`, "");
  return told(name) ?? partNumberOf(texts);
}

/** A text that neither fills its place nor ends in a blank goes on nowhere: what follows is a word of its own. */
const isWhole = (name: string): boolean => name.length % 13 !== 0 && !name.endsWith(" ");

/** Panels of notebooks have no name, but their part number stands among free texts, behind the maker: "LTN156AT24". */
function partNumberOf(texts: readonly Descriptor[]): string | undefined {
  const free = texts.filter(({ tag }) => tag === tags.text).map(textOf);
  return free
    .filter((text) => /^[\x20-\x7e]{5,13}$/.test(text) && /\d/.test(text))
    .map(told)
    .findLast((text) => text !== undefined);
}

function serialOf(texts: readonly Descriptor[], block: Uint8Array): string | undefined {
  const text = texts.find(({ tag }) => tag === tags.serial);
  const said = text && clean(textOf(text));
  const number = block.subarray(12, 16).reduceRight((high, byte) => high * 256 + byte, 0);
  return told(said) ?? (isFilled(number) ? undefined : String(number));
}

/** Nothing, ones, or the same byte four times. */
const isFilled = (number: number): boolean => number === 0 || number === 0x01010101 || number === 0xffffffff;

/** What televisions write that only know their aspect ratio; they show it as if it were a size. */
const ratios: ReadonlySet<string> = new Set(["16×9", "16×10", "160×90", "160×100", "1600×900", "1600×1000"]);

interface Size {
  readonly widthMillimetres?: number;
  readonly heightMillimetres?: number;
}

/** Whole centimetres, of which one is 0 where the display has no size; the first timing tells millimetres. */
function sizeOf(block: Uint8Array): Size {
  const [width = 0, height = 0] = [...block.subarray(21, 23)].map((centimetres) => centimetres * 10);
  if (width === 0 || height === 0 || ratios.has(`${width}×${height}`)) return {};
  const [exactWidth = 0, exactHeight = 0] = timingSize(block);
  // Some timings have the size of another display.
  const isSame = Math.abs(exactWidth - width) <= 10 && Math.abs(exactHeight - height) <= 10;
  return isSame
    ? { widthMillimetres: exactWidth, heightMillimetres: exactHeight }
    : { widthMillimetres: width, heightMillimetres: height };
}

function timingSize(block: Uint8Array): readonly number[] {
  const timing = block.subarray(54, 54 + descriptorBytes);
  if (timing.length < descriptorBytes || (timing[0] === 0 && timing[1] === 0)) return [];
  const [width = 0, height = 0, high = 0] = timing.subarray(12, 15);
  return [width + (high >> 4) * 256, height + (high & 0x0f) * 256];
}
