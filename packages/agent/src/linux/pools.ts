/** File systems with several devices: btrfs as its files in /sys tell, ZFS as its module tells. */
import { type Look, present } from "../collecting/collector.ts";
import { type BlockDevices, knownAs, plainName } from "./block-devices.ts";
import { parseUdev } from "./disks.ts";
import { told } from "./firmware-text.ts";

export const btrfsFolder = "/sys/fs/btrfs";
export const zfsFolder = "/proc/spl/kstat/zfs";
const udevFolder = "/run/udev/data";

export interface Pool {
  readonly type: "btrfs" | "zfs";
  readonly name: string;
  readonly state?: string;
  readonly level?: string;
  /** Devices that are missing. */
  readonly degraded?: number;
  readonly members?: readonly string[];
}

export const readPools = (look: Look, devices: BlockDevices): Pool[] => [
  ...btrfsPools(look, devices),
  ...zfsPools(look, devices),
];

/** How btrfs lays out data; the folder of each that is in use is there. */
const profiles: ReadonlySet<string> = new Set([
  "single",
  "dup",
  "raid0",
  "raid1",
  "raid1c3",
  "raid1c4",
  "raid10",
  "raid5",
  "raid6",
]);

function btrfsPools(look: Look, devices: BlockDevices): Pool[] {
  return look.names(btrfsFolder).flatMap((id) => {
    const folder = `${btrfsFolder}/${id}`;
    const entries = look.names(`${folder}/devices`).map(plainName);
    const missing = look
      .names(`${folder}/devinfo`)
      .filter((each) => look.text(`${folder}/devinfo/${each}/missing`)?.trim() === "1").length;
    if (entries.length + missing < 2) return [];
    const members = entries.map((name) => {
      const device = devices.byName(name);
      return device ? knownAs(device) : name;
    });
    const name = told(look.text(`${folder}/label`)) ?? members.toSorted()[0];
    const levels = look.names(`${folder}/allocation/data`).filter((each) => profiles.has(each));
    return name === undefined
      ? []
      : [
          present({
            type: "btrfs" as const,
            name,
            level: levels.length > 0 ? levels.join(", ") : undefined,
            degraded: missing,
            members,
          }),
        ];
  });
}

function zfsPools(look: Look, devices: BlockDevices): Pool[] {
  const names = look.names(zfsFolder).flatMap((name) => {
    const state = told(look.text(`${zfsFolder}/${name}/state`));
    return state === undefined ? [] : [{ name, state }];
  });
  if (names.length === 0) return [];
  const members = zfsMembers(look, devices);
  return names.map(({ name, state }) =>
    present({ type: "zfs" as const, name, state: state.toLowerCase(), members: members.get(name) }),
  );
}

/** By pool, for udev finds its name on each of its devices. */
function zfsMembers(look: Look, devices: BlockDevices): Map<string | undefined, string[]> {
  const labelled = devices.all.flatMap((device) => {
    const udev = parseUdev((device.number && look.text(`${udevFolder}/b${device.number}`)) || "");
    return udev.get("ID_FS_TYPE") === "zfs_member"
      ? [{ pool: udev.get("ID_FS_LABEL"), name: knownAs(device) }]
      : [];
  });
  const pools = Map.groupBy(labelled, ({ pool }) => pool);
  return new Map([...pools].map(([pool, each]) => [pool, each.map(({ name }) => name)]));
}
