/** Block devices as /sys/block shows them: which lie on which, and which of them are encrypted volumes. */
import type { Look } from "../collecting/collector.ts";

/** A whole device or a partition. */
export interface BlockDevice {
  /** The kernel's name, with `/` for its `!`. */
  readonly name: string;
  /** Its folder in /sys/block. */
  readonly folder: string;
  /** `major:minor` */
  readonly number?: string | undefined;
  /** The disk that it is a partition of. */
  readonly disk?: string | undefined;
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
  /** Disks, each followed by its partitions, in the order of the kernel's names. */
  readonly all: readonly BlockDevice[];
}

export const blockFolder = "/sys/block";

/** Hosts of many containers have some thousands. */
const mostDevices = 8_192;
export const blockEntries = (look: Look): readonly string[] => look.names(blockFolder).slice(0, mostDevices);

export function readBlockDevices(look: Look): BlockDevices {
  const all = blockEntries(look).flatMap((entry) => {
    const names = look.names(`${blockFolder}/${entry}`);
    const disk = readWhole(look, entry, names);
    return [disk, ...partitionsOf(look, entry, names, disk)];
  });
  const numbers = new Map(all.flatMap((device) => (device.number ? [[device.number, device]] : [])));
  const names = new Map(
    all.flatMap((device) =>
      [device.name, device.alias].flatMap((name) => (name === undefined ? [] : [[name, device]])),
    ),
  );
  return {
    byNumber: (number) => numbers.get(number),
    byPath: (path) => (path.startsWith("/dev/") ? names.get(path.slice("/dev/".length)) : undefined),
    byName: (name) => names.get(name),
    all,
  };
}

function partitionsOf(look: Look, entry: string, names: readonly string[], disk: BlockDevice): BlockDevice[] {
  return names
    .filter((part) => part.startsWith(entry) && look.exists(`${disk.folder}/${part}/partition`))
    .map((part) => {
      const folder = `${disk.folder}/${part}`;
      const number = numberIn(look, folder);
      return { name: plainName(part), folder, number, disk: disk.name, below: [disk.name], isVirtual: false };
    });
}

function readWhole(look: Look, entry: string, names: readonly string[]): BlockDevice {
  const folder = `${blockFolder}/${entry}`;
  const mapper = (file: string) =>
    names.includes("dm") ? look.text(`${folder}/dm/${file}`)?.trim() : undefined;
  const mapped = mapper("name");
  return {
    name: plainName(entry),
    folder,
    number: numberIn(look, folder),
    alias: mapped === undefined ? undefined : `mapper/${mapped}`,
    mapperUuid: mapper("uuid"),
    below: names.includes("slaves") ? look.names(`${folder}/slaves`).map(plainName) : [],
    isVirtual: isLayer(look.link(folder), entry),
  };
}

const numberIn = (look: Look, folder: string): string | undefined =>
  /^\d+:\d+$/.exec(look.text(`${folder}/dev`)?.trim() ?? "")?.[0];

/** Bytes; the kernel counts blocks of 512, whatever the device's own are. */
export function sizeOf(look: Look, { folder }: BlockDevice): number | undefined {
  const blocks = Number(/^\d{1,13}$/.exec(look.text(`${folder}/size`)?.trim() ?? "")?.[0] ?? 0);
  return blocks > 0 ? blocks * 512 : undefined;
}

/** What people know it by: the device mapper's name, unless that is made of an id, else the kernel's. */
export const knownAs = ({ name, alias }: BlockDevice): string =>
  alias === undefined || /[0-9a-f]{8}-[0-9a-f]{4}-/.test(alias) ? name : alias.replace("mapper/", "");

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

/** How it is encrypted by the nearest encrypted volume that it lies on: `luks2`, `plain`, `bitlk` … (cryptsetup(8)). */
export function encryptionBelow(name: string, devices: BlockDevices, depth = 0): string | undefined {
  const device = devices.byName(name);
  if (device === undefined || depth > deepest) return undefined;
  if (isCrypt(device.mapperUuid))
    return /^CRYPT-([A-Z0-9]{1,16})-/.exec(device.mapperUuid ?? "")?.[1]?.toLowerCase();
  for (const below of device.below) {
    const scheme = encryptionBelow(below, devices, depth + 1);
    if (scheme !== undefined) return scheme;
  }
  return undefined;
}

/** dm-crypt; cryptsetup's volumes of dm-verity and dm-integrity are called so as well, and hide nothing. */
const isCrypt = (uuid: string | undefined): boolean => /^CRYPT-(?!VERITY|INTEGRITY|SUBDEV)/.test(uuid ?? "");
