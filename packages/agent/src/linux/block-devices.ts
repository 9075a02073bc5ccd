/** Block devices as /sys/block shows them: which lie on which, and which of them are encrypted volumes. */
import type { Look } from "../collecting/collector.ts";

/** A whole device or a partition. */
export interface BlockDevice {
  /** The kernel's name, with `/` for its `!`. */
  readonly name: string;
  /** Names that it has below /dev besides: `mapper/NAME` of the device mapper. */
  readonly alias?: string | undefined;
  /** The device mapper's, e.g. `CRYPT-LUKS2-…`, `LVM-…`. */
  readonly mapperUuid?: string | undefined;
  /** What it lies on: the devices below, or the disk of a partition. */
  readonly below: readonly string[];
  /** Whether it is nothing but a driver's, like loop devices: what it lies on is not known. */
  readonly isVirtual: boolean;
}

export interface BlockDevices {
  /** By `major:minor`. */
  byNumber(number: string): BlockDevice | undefined;
  /** By path below /dev, e.g. `/dev/sda1`, `/dev/mapper/root`. */
  byPath(path: string): BlockDevice | undefined;
  byName(name: string): BlockDevice | undefined;
}

export const blockFolder = "/sys/block";

export function readBlockDevices(look: Look): BlockDevices {
  const numbers = new Map<string, BlockDevice>();
  const names = new Map<string, BlockDevice>();
  const keep = (folder: string, device: BlockDevice) => {
    const number = look.text(`${folder}/dev`)?.trim();
    if (number) numbers.set(number, device);
    for (const name of [device.name, device.alias]) if (name !== undefined) names.set(name, device);
  };
  for (const entry of look.names(blockFolder)) {
    const folder = `${blockFolder}/${entry}`;
    const disk = readWhole(look, entry);
    keep(folder, disk);
    for (const part of look.names(folder)) {
      if (!part.startsWith(entry) || !look.exists(`${folder}/${part}/partition`)) continue;
      keep(`${folder}/${part}`, { name: plainName(part), below: [disk.name], isVirtual: false });
    }
  }
  return {
    byNumber: (number) => numbers.get(number),
    byPath: (path) => (path.startsWith("/dev/") ? names.get(path.slice("/dev/".length)) : undefined),
    byName: (name) => names.get(name),
  };
}

function readWhole(look: Look, entry: string): BlockDevice {
  const folder = `${blockFolder}/${entry}`;
  const mapped = look.text(`${folder}/dm/name`)?.trim();
  return {
    name: plainName(entry),
    alias: mapped === undefined ? undefined : `mapper/${mapped}`,
    mapperUuid: look.text(`${folder}/dm/uuid`)?.trim(),
    below: look.names(`${folder}/slaves`).map(plainName),
    isVirtual: isLayer(look.link(folder), entry),
  };
}

/** The kernel cannot have a `/` in a file's name. */
export const plainName = (entry: string): string => entry.replaceAll("!", "/");

/** Whether a device is made by a driver from something else; `link` is where its entry in /sys/block leads. */
export function isLayer(link: string | undefined, entry: string): boolean {
  return (
    /\/devices\/virtual\/block\//.test(link ?? "") || /^(loop|ram|zram|dm-|md|zd|drbd|bcache|nbd)/.test(entry)
  );
}

/** Deeper nesting of layers is a circle. */
const deepest = 16;

/**
 * Whether everything that is stored on these devices goes through an encrypted volume, of their own or below them;
 * undefined when that cannot be seen.
 */
export function allEncrypted(
  names: readonly string[],
  devices: BlockDevices,
  depth = 0,
): boolean | undefined {
  const answers = names.map((name) => {
    const device = devices.byName(name);
    if (device === undefined || depth > deepest) return undefined;
    if (isCrypt(device.mapperUuid)) return true;
    if (device.below.length === 0) return device.isVirtual ? undefined : false;
    return allEncrypted(device.below, devices, depth + 1);
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** dm-crypt; cryptsetup's volumes of dm-verity and dm-integrity are called so as well, and hide nothing. */
const isCrypt = (uuid: string | undefined): boolean => /^CRYPT-(?!VERITY|INTEGRITY|SUBDEV)/.test(uuid ?? "");
