/** Collector of section `storage`: the disks, and the file systems that hold the device's data. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { readBlockDevices } from "../linux/block-devices.ts";
import { diskSources, readDisks } from "../linux/disks.ts";
import { encryptionOf, holdsData, isRemote, namesPerson, onceEach } from "../linux/filesystems.ts";
import { type Mount, mountSources, readMounts } from "../linux/mounts.ts";

const poolFolder = "/sys/fs/btrfs";

export const collector = defineCollector({
  section: "storage",
  platforms: {
    linux: {
      reads: [...diskSources, ...mountSources, poolFolder],
      collect(look) {
        const disks = readDisks(look);
        const mounts = mountsOfData(look);
        const spaces = new Map(mounts.map((mount) => [mount.mount, spaceOf(look, mount)]));
        if (disks.length === 0 && mounts.length === 0) return { nothing: "none" };
        return {
          document: present({
            disks: disks.length > 0 ? disks : undefined,
            filesystems: mounts.length > 0 ? filesystemsOf(look, mounts, spaces) : undefined,
          }),
          readings: freeOf(spaces),
        };
      },
    },
  },
});

function mountsOfData(look: Look): Mount[] {
  const mounts = readMounts(look).filter(holdsData);
  const shared = mounts.filter((mount) => !namesPerson(mount));
  const left = mounts.length - shared.length;
  if (left > 0)
    look.note(`${left} mounted in homes or for one person are left out: their places name people`);
  return onceEach(shared);
}

type Space = { readonly size: number; readonly free: number } | undefined;

/** A remote one is not asked: it would not answer when its server is gone. */
const spaceOf = (look: Look, mount: Mount): Space => (isRemote(mount) ? undefined : look.space(mount.mount));

function filesystemsOf(look: Look, mounts: readonly Mount[], spaces: ReadonlyMap<string, Space>) {
  const devices = readBlockDevices(look);
  const pools = look.names(poolFolder).map((pool) => look.names(`${poolFolder}/${pool}/devices`));
  return mounts.map((mount) =>
    present({
      mount: mount.mount,
      type: mount.type,
      // What a dataset of ZFS may take moves with what the others take.
      size: mount.type === "zfs" ? undefined : spaces.get(mount.mount)?.size,
      encrypted: encryptionOf(mount, devices, pools),
    }),
  );
}

function freeOf(spaces: ReadonlyMap<string, Space>): Record<string, { free: number }> {
  return Object.fromEntries(
    [...spaces].flatMap(([mount, space]) => (space ? [[mount, { free: space.free }]] : [])),
  );
}
