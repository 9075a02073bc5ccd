/** Collector of section `volumes`. */
import { defineCollector, present } from "../collecting/collector.ts";
import { blockFolder, readBlockDevices } from "../linux/block-devices.ts";
import { lvmBackups, readLvm } from "../linux/lvm.ts";
import { mdstatFile, readMdArrays } from "../linux/md-arrays.ts";
import { pciSources } from "../linux/pci.ts";
import { btrfsFolder, readPools, zfsFolder } from "../linux/pools.ts";
import { readRaidControllers, scsiHosts } from "../linux/raid-controllers.ts";

export const collector = defineCollector({
  section: "volumes",
  platforms: {
    linux: {
      reads: [mdstatFile, zfsFolder, blockFolder, btrfsFolder, scsiHosts, lvmBackups, ...pciSources],
      collect(look) {
        const devices = readBlockDevices(look);
        const lvm = readLvm(look, devices);
        const document = present({
          arrays: some(
            readMdArrays(look).map(({ members, failed, spares, ...array }) =>
              present({ ...array, members: some(members), failed: some(failed), spares: some(spares) }),
            ),
          ),
          controllers: some(readRaidControllers(look)),
          volumeGroups: some(lvm.groups),
          physicalVolumes: some(lvm.physical),
          logicalVolumes: some(lvm.logical),
          pools: some(
            readPools(look, devices).map(({ members, ...pool }) =>
              present({ ...pool, members: some(members) }),
            ),
          ),
        });
        return Object.keys(document).length > 0 ? { document } : { nothing: "none" };
      },
    },
  },
});

const some = <T>(items: readonly T[] = []): T[] | undefined => (items.length > 0 ? [...items] : undefined);
