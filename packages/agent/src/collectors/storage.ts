/** Collector of section `storage`: disks and their partitions, the file systems that hold the device's data, and swap. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { darwinStorage } from "../darwin/storage.ts";
import {
  allEncrypted,
  type BlockDevices,
  encryptionBelow,
  knownAs,
  readBlockDevices,
} from "../linux/block-devices.ts";
import { diskSources, readDisks } from "../linux/disks.ts";
import { deviceOf, encryptionOf, holdsData, isRemote, namesPerson, onceEach } from "../linux/filesystems.ts";
import { type Mount, mountSources, readMounts } from "../linux/mounts.ts";
import { readPartitions } from "../linux/partitions.ts";
import { parseSwaps, type Swap, swapsFile } from "../linux/swaps.ts";
import { windowsStorage } from "../windows/storage.ts";

const poolFolder = "/sys/fs/btrfs";

export const collector = defineCollector({
  section: "storage",
  platforms: {
    linux: {
      reads: [...diskSources, ...mountSources, poolFolder, swapsFile],
      collect(look) {
        const found = lookAround(look);
        const mounts = mountsOfData(look, found.mounts);
        const spaces = new Map(mounts.map((mount) => [mount.mount, spaceOf(look, mount)]));
        const document = present({
          disks: some(found.disks),
          partitions: some(readPartitions(look, { ...found, swaps: deviceNames(found) })),
          filesystems: some(filesystemsOf(found, mounts, spaces)),
          swaps: some(found.swaps.map((swap) => swapOf(found, swap))),
        });
        if (Object.keys(document).length === 0) return { nothing: "none" };
        return { document, readings: { ...freeOf(spaces), ...usedOf(found) } };
      },
    },
    darwin: darwinStorage,
    win32: windowsStorage,
  },
});

const some = <T>(items: readonly T[]): T[] | undefined => (items.length > 0 ? [...items] : undefined);

interface Found {
  readonly disks: ReturnType<typeof readDisks>;
  readonly devices: BlockDevices;
  readonly mounts: readonly Mount[];
  readonly swaps: readonly Swap[];
  /** Names of the devices that a file system of several has, for each of them. */
  readonly pools: readonly (readonly string[])[];
}

function lookAround(look: Look): Found {
  const swaps = parseSwaps(look.text(swapsFile) ?? "");
  const shared = swaps.filter(({ path }) => !namesPerson({ mount: path }));
  if (shared.length < swaps.length)
    look.note(`${swaps.length - shared.length} files to swap to are left out: their places name people`);
  return {
    disks: readDisks(look),
    devices: readBlockDevices(look),
    mounts: readMounts(look),
    swaps: shared,
    pools: look.names(poolFolder).map((pool) => look.names(`${poolFolder}/${pool}/devices`)),
  };
}

function mountsOfData(look: Look, all: readonly Mount[]): Mount[] {
  const mounts = all.filter(holdsData);
  const shared = mounts.filter((mount) => !namesPerson(mount));
  const left = mounts.length - shared.length;
  if (left > 0)
    look.note(`${left} mounted in homes or for one person are left out: their places name people`);
  return onceEach(shared);
}

type Space = { readonly size: number; readonly free: number } | undefined;

/** A remote one is not asked: it would not answer when its server is gone. */
const spaceOf = (look: Look, mount: Mount): Space => (isRemote(mount) ? undefined : look.space(mount.mount));

function filesystemsOf(
  { devices, pools }: Found,
  mounts: readonly Mount[],
  spaces: ReadonlyMap<string, Space>,
) {
  return mounts.map((mount) => {
    const device = deviceOf(mount, devices);
    const encrypted = encryptionOf(mount, devices, pools);
    return present({
      mount: mount.mount,
      type: mount.type,
      device: device && knownAs(device),
      // What a dataset of ZFS may take moves with what the others take.
      size: mount.type === "zfs" ? undefined : spaces.get(mount.mount)?.size,
      encrypted,
      encryption: encrypted && device ? encryptionBelow(device.name, devices) : undefined,
    });
  });
}

const deviceNames = ({ swaps, devices }: Found): ReadonlySet<string> =>
  new Set(swaps.flatMap(({ path }) => devices.byPath(path)?.name ?? []));

/** A device by the name that people know, a file by its place. */
function swapName({ devices }: Found, { path }: Swap): string {
  const device = devices.byPath(path);
  return device ? knownAs(device) : path;
}

function swapOf(found: Found, swap: Swap) {
  const { devices } = found;
  const device = devices.byPath(swap.path);
  const isMemory = device?.name.startsWith("zram");
  const below = device ?? fileSystemOf(found, swap);
  return present({
    name: swapName(found, swap),
    type: isMemory ? ("memory" as const) : swap.isFile ? ("file" as const) : ("partition" as const),
    size: swap.size,
    encrypted: isMemory || below === undefined ? undefined : allEncrypted([below.name], devices),
  });
}

/** What the file lies on: the mount whose place is the longest beginning of its own. */
function fileSystemOf({ mounts, devices }: Found, { path }: Swap) {
  const [nearest] = mounts
    .filter(({ mount }) => path.startsWith(mount.endsWith("/") ? mount : `${mount}/`))
    .sort((one, other) => other.mount.length - one.mount.length);
  return nearest && deviceOf(nearest, devices);
}

function freeOf(spaces: ReadonlyMap<string, Space>): Record<string, { free: number }> {
  return Object.fromEntries(
    [...spaces].flatMap(([mount, space]) => (space ? [[mount, { free: space.free }]] : [])),
  );
}

const usedOf = (found: Found): Record<string, { used: number }> =>
  Object.fromEntries(found.swaps.map((swap) => [swapName(found, swap), { used: swap.used }]));
