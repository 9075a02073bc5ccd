/** Disks and volumes of a Mac, as system_profiler(8) tells them. */
import { type Look, present } from "../collecting/collector.ts";
import { dictAt, isDict, listAt, numberAt, type PlistDict, textAt } from "./plist.ts";
import { known, type Profile, readProfile, systemProfiler } from "./system-profiler.ts";

const controllers = { SPNVMeDataType: "nvme", SPSerialATADataType: "sata" } as const;
const volumesType = "SPStorageDataType";

export const darwinStorage = {
  reads: [],
  programs: [systemProfiler],
  async collect(look: Look) {
    const profile = await readProfile(look, volumesType, ...Object.keys(controllers));
    const disks = Object.entries(controllers).flatMap(([type, bus]) => disksOf(profile, type, bus));
    const volumes = profile(volumesType).filter(isOfMachine);
    if (disks.length === 0 && volumes.length === 0) return { nothing: "none" as const };
    return {
      document: present({
        disks: disks.length > 0 ? disks : undefined,
        filesystems: volumes.length > 0 ? volumes.flatMap((volume) => filesystemOf(volume) ?? []) : undefined,
      }),
      readings: freeOf(volumes),
    };
  },
};

/** What is plugged in is named by people, and so are shares. */
const isOfMachine = (volume: PlistDict): boolean => {
  const mount = textAt(volume, "mount_point");
  return mount !== undefined && !/^\/(?:Users|Volumes)\//.test(mount);
};

/** Disks hang below their controllers. */
function disksOf(profile: Profile, type: string, bus: string) {
  return profile(type)
    .flatMap((controller) => listAt(controller, "_items").filter(isDict))
    .flatMap((disk) => {
      const name = textAt(disk, "bsd_name");
      if (name === undefined) return [];
      const rotates = textAt(disk, "spsata_medium_type");
      return present({
        name,
        model: known(textAt(disk, "device_model") ?? textAt(disk, "_name")),
        serial: known(textAt(disk, "device_serial")),
        size: numberAt(disk, "size_in_bytes"),
        bus,
        rotational: bus === "nvme" ? false : rotates === undefined ? undefined : /Rotational/.test(rotates),
        firmware: known(textAt(disk, "device_revision")),
      });
    });
}

function filesystemOf(volume: PlistDict) {
  const mount = textAt(volume, "mount_point");
  if (mount === undefined) return undefined;
  const group = dictAt(volume, "com.apple.corestorage.lv");
  const encrypted = textAt(group, "com.apple.corestorage.lv.encrypted") ?? textAt(volume, "encrypted");
  return present({
    mount,
    type: textAt(volume, "file_system"),
    device: textAt(volume, "bsd_name"),
    size: numberAt(volume, "size_in_bytes"),
    encrypted: encrypted === undefined ? undefined : encrypted === "yes",
    encryption: textAt(group, "com.apple.corestorage.lv.encryptionType"),
  });
}

function freeOf(volumes: readonly PlistDict[]): Record<string, { free: number }> {
  return Object.fromEntries(
    volumes.flatMap((volume) => {
      const [mount, free] = [textAt(volume, "mount_point"), numberAt(volume, "free_space_in_bytes")];
      return mount === undefined || free === undefined ? [] : [[mount, { free }]];
    }),
  );
}
