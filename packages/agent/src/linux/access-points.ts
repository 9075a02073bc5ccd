/** Access points of Wi-Fi, as whatever program tells of them: their names, channels and what keeps strangers out. */

export interface AccessPoint {
  /** Hardware address of its radio, lower case. */
  readonly bssid: string;
  /** Name of its network, as `ssidText` writes it; absent when it hides it. */
  readonly ssid?: string;
  readonly signalDbm?: number;
  /** Megahertz. */
  readonly frequency?: number;
  readonly channel?: number;
  /** Everything that it lets in by; absent when the program does not tell. */
  readonly security?: readonly Security[];
  /** Since it was last heard. */
  readonly secondsAgo?: number;
  /** Whether this device is connected through it. */
  readonly isConnected: boolean;
}

/** `enterprise`: with a name and password of each person's own (IEEE 802.1X). */
export const securities = ["open", "owe", "wep", "wpa", "wpa2", "wpa3", "enterprise"] as const;
export type Security = (typeof securities)[number];

/** A crowded street has a hundred; somebody who makes them up can make any number. */
export const mostAccessPoints = 512;

/** A BSSID in lower case; undefined when it is masked, not one device's address or no address at all. */
export function parseBssid(text: string): string | undefined {
  const bssid = text.toLowerCase();
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(bssid) || (firstByte(bssid) & 1) === 1) return undefined;
  return new Set(bssid.split(":")).size === 1 ? undefined : bssid;
}

const firstByte = (bssid: string): number => Number.parseInt(bssid.slice(0, 2), 16);

/**
 * Whether it may be told to anybody else: its owner has not asked to be left out (`_nomap` at the end, as Mozilla
 * and Google have it, `_optout` anywhere, as Microsoft does), and it stays: telephones and cars make an address up.
 */
export function isMappable({ bssid, ssid = "" }: AccessPoint): boolean {
  const isMadeUp = (firstByte(bssid) & 2) === 2;
  return !isMadeUp && !/_nomap$|_optout/i.test(ssid);
}

/**
 * A network's name is up to 32 bytes of anything. Text stays text; the backslash, what cannot be printed and what is
 * not UTF-8 become `\x` and two hexadecimal digits, so that no two names look the same. Undefined for a hidden one.
 */
export function ssidText(bytes: Uint8Array): string | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined;
  const text = utf8(bytes);
  if (text !== undefined) return text.replaceAll(unprintable, (character) => inHex(Buffer.from(character)));
  return Array.from(bytes, (byte) => (isPlain(byte) ? String.fromCharCode(byte) : inHex([byte]))).join("");
}

/** Control characters, those that turn the direction of writing or show nothing, and the escape itself. */
const unprintable = /[\\\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu;

const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x7f && byte !== 0x5c;

const inHex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The channel of a frequency in megahertz (IEEE 802.11, as iw and the kernel count them). */
export function channelOf(frequency: number): number | undefined {
  if (frequency === 2_484) return 14;
  if (frequency === 5_935) return 2;
  const band = bands.find(({ from, to }) => frequency >= from && frequency <= to);
  const channel = band ? (frequency - band.base) / band.step : 0;
  return Number.isInteger(channel) && channel > 0 ? channel : undefined;
}

const bands = [
  { from: 2_412, to: 2_472, base: 2_407, step: 5 },
  { from: 4_910, to: 4_980, base: 4_000, step: 5 },
  { from: 5_000, to: 5_945, base: 5_000, step: 5 },
  { from: 5_955, to: 7_115, base: 5_950, step: 5 },
  { from: 58_320, to: 70_200, base: 56_160, step: 2_160 },
] as const;
