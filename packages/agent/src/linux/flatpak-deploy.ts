/**
 * Flatpak's `deploy` file of what is installed: a GVariant `(ssasta{sv})` of origin, commit, subpaths, size and more
 * (common/flatpak-dir.c, flatpak_dir_new_deploy_data; the format is GLib's gvariant-serialiser.c).
 */
import { present } from "../collecting/collector.ts";

export interface FlatpakDeploy {
  /** Name of the remote. */
  readonly origin?: string;
  /** Bytes. */
  readonly installedSize?: number;
  /** As its metadata for software centres says. */
  readonly version?: string;
}

const alignment = 8;
/** Members of the tuple whose ends are told at its end: both texts and the list. */
const toldEnds = 3;

/** What can be had; nothing of what is no such file. */
export function parseFlatpakDeploy(bytes: Uint8Array): FlatpakDeploy {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const originEnd = data.indexOf(0);
  if (originEnd === -1) return {};
  return present({
    origin: data.toString("utf8", 0, originEnd).trim() || undefined,
    installedSize: sizeIn(data),
    version: textUnder(data, "appdata-version"),
  });
}

/** Behind the list of subpaths, big-endian whatever the machine is. */
function sizeIn(data: Buffer): number | undefined {
  const width = data.length <= 0xff ? 1 : data.length <= 0xffff ? 2 : 4;
  if (data.length < toldEnds * width) return undefined;
  const listEnd = data.readUIntLE(data.length - toldEnds * width, width);
  const at = aligned(listEnd);
  if (at + 8 > data.length) return undefined;
  const size = Number(data.readBigUInt64BE(at));
  return Number.isSafeInteger(size) ? size : undefined;
}

/** A text in the dictionary: the key, room up to the next eighth byte, the text, and `s` for its type. */
function textUnder(data: Buffer, key: string): string | undefined {
  const keyAt = data.indexOf(`${key}\0`);
  if (keyAt === -1 || keyAt % alignment !== 0) return undefined;
  const start = aligned(keyAt + key.length + 1);
  const end = data.indexOf(0, start);
  if (end === -1 || data.toString("latin1", end + 1, end + 3) !== "\0s") return undefined;
  return data.toString("utf8", start, end).trim() || undefined;
}

const aligned = (at: number): number => Math.ceil(at / alignment) * alignment;
