/** Which of the mounted file systems hold the device's data, each once. */
import { allEncrypted, type BlockDevice, type BlockDevices } from "./block-devices.ts";
import type { Mount } from "./mounts.ts";

/** On another machine: never asked for anything, for a server that is gone would not answer. */
const remoteTypes: ReadonlySet<string> = new Set([
  "9p",
  "afs",
  "beegfs",
  "ceph",
  "cifs",
  "fuse.ceph",
  "fuse.ceph-fuse",
  "fuse.glusterfs",
  "fuse.vmhgfs-fuse",
  "glusterfs",
  "lustre",
  "ncpfs",
  "nfs",
  "nfs4",
  "prl_fs",
  "smb3",
  "smbfs",
  "vboxsf",
  "virtiofs",
  "vmhgfs",
]);

/** With devices of their own, of which the mount table shows none. */
const poolTypes: ReadonlySet<string> = new Set(["zfs", "btrfs", "bcachefs", "ubifs"]);

/** Images that programs and installers mount; what lies on them came with a package. */
const imageTypes: ReadonlySet<string> = new Set(["squashfs", "erofs", "cramfs", "romfs", "iso9660", "udf"]);

/** Where the kernel, services and managers of containers mount for themselves; a disk may be mounted for all of a manager's. */
const ownPlaces =
  /^\/(proc|sys|dev|run|snap|var\/lib\/(docker|containers|containerd|kubelet|snapd|lxc|lxd|incus)\/[^/]+)\//;

/** Files that managers of containers lay over those of the image. */
const laidFiles: ReadonlySet<string> = new Set(["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"]);

export const isRemote = ({ type }: Mount): boolean => remoteTypes.has(type);

export function holdsData({ mount, type, source, device }: Mount): boolean {
  if (ownPlaces.test(mount) || laidFiles.has(mount)) return false;
  if (remoteTypes.has(type) || poolTypes.has(type)) return true;
  if (type === "fuse" || type.startsWith("fuse.") || memoryTypes.has(type)) return false;
  if (imageTypes.has(type) && /^\/dev\/(loop|sr)/.test(source)) return false;
  return device === undefined || device.startsWith("0:") ? source.startsWith("/dev/") : true;
}

/** What can be mounted with anything for a source. */
const memoryTypes: ReadonlySet<string> = new Set([
  "tmpfs",
  "ramfs",
  "devtmpfs",
  "overlay",
  "aufs",
  "autofs",
  "nsfs",
]);

/**
 * Whether the place is in a person's home, or where a desktop mounts a person's media: its name would name the
 * person, and such mounts come and go as people log in. Who uses the device belongs to another category.
 */
export function namesPerson({ mount }: Pick<Mount, "mount">): boolean {
  return /\/(home|homes|users|Users)\/[^/]/.test(mount) || /^\/media\/[^/]+\/[^/]/.test(mount);
}

/**
 * Each file system once, at its shortest mount: the others are bind mounts of parts of it. Subvolumes of btrfs,
 * which have a device and a pool in common, are file systems of their own.
 */
export function onceEach(mounts: readonly Mount[]): Mount[] {
  return [...Map.groupBy(mounts, identityOf).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.reduce((best, each) => (isBefore(each, best) ? each : best), first)],
  );
}

function identityOf(mount: Mount): string {
  if (mount.type === "btrfs") return JSON.stringify([mount.source, subvolumeOf(mount)]);
  // Shares of one server may be parts of one export; each is listed as it was asked for.
  if (isRemote(mount) || mount.type === "zfs") return JSON.stringify([mount.source]);
  return mount.device ?? mount.source;
}

const subvolumeOf = ({ options }: Mount): string | undefined =>
  /(?:^|,)(subvol(?:id)?=[^,]*)/.exec(options)?.[1];

function isBefore({ mount: one }: Mount, { mount: other }: Mount): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

/**
 * Whether it lies on encrypted volumes alone; undefined where its devices are not known: on other machines, in ZFS.
 * `pools` are the names of the devices that a file system of several has, for each of them.
 */
export function encryptionOf(
  mount: Mount,
  devices: BlockDevices,
  pools: readonly (readonly string[])[],
): boolean | undefined {
  const device = deviceOf(mount, devices);
  if (device === undefined) return undefined;
  const members = pools.find((pool) => pool.includes(device.name)) ?? [device.name];
  return allEncrypted(members, devices);
}

/** What it lies on, as the kernel tells. By number where it has one of a block device, else by its source; `/dev/root` is only a word of the kernel's. */
export function deviceOf({ device, source }: Mount, devices: BlockDevices): BlockDevice | undefined {
  const byNumber = device === undefined || device.startsWith("0:") ? undefined : devices.byNumber(device);
  return byNumber ?? devices.byPath(source);
}
