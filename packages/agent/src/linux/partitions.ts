/** Partitions: how large they are, what is on them, and what they are called. */
import { type Look, present } from "../collecting/collector.ts";
import { type BlockDevice, type BlockDevices, sizeOf } from "./block-devices.ts";
import { type Disk, parseUdev } from "./disks.ts";
import { deviceOf } from "./filesystems.ts";
import { told } from "./firmware-text.ts";
import type { Mount } from "./mounts.ts";

export interface Partition {
  readonly name: string;
  readonly disk: string;
  /** Bytes. */
  readonly size?: number;
  /** What is on it, as blkid(8) calls it: `ext4`, `crypto_LUKS`, `LVM2_member`. */
  readonly type?: string;
  readonly label?: string;
}

interface Surroundings {
  readonly devices: BlockDevices;
  readonly disks: readonly Disk[];
  readonly mounts: readonly Mount[];
  /** Names of devices that memory is swapped to. */
  readonly swaps: ReadonlySet<string>;
}

const udevFolder = "/run/udev/data";

export function readPartitions(look: Look, around: Surroundings): Partition[] {
  const { devices, disks } = around;
  const mounted = new Map(around.mounts.map((mount) => [deviceOf(mount, devices)?.name, mount.type]));
  return devices.all.flatMap((device) => {
    const { name, disk, number } = device;
    if (disk === undefined || /^(loop|ram|zram)/.test(disk)) return [];
    const udev = parseUdev((number && look.text(`${udevFolder}/b${number}`)) || "");
    const isPlugged = disks.find((each) => each.name === disk)?.bus === "usb";
    return present({
      name,
      disk,
      size: sizeOf(look, device),
      type: told(udev.get("ID_FS_TYPE")) ?? mounted.get(name) ?? typeByUse(device, around),
      // What people call their own disks is theirs.
      label: isPlugged ? undefined : labelOf(look, device, udev),
    });
  });
}

function labelOf(look: Look, { folder }: BlockDevice, udev: ReadonlyMap<string, string>): string | undefined {
  const name = /^PARTNAME=(.*)$/m.exec(look.text(`${folder}/uevent`) ?? "")?.[1];
  return told(name) ?? told(unescaped(udev.get("ID_FS_LABEL_ENC")));
}

/** udev writes what it does not like as `\x20`. */
const unescaped = (text: string | undefined): string | undefined =>
  text?.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** What lies on it tells what it is, where nobody asked. */
function typeByUse({ name }: BlockDevice, { devices, swaps }: Surroundings): string | undefined {
  if (swaps.has(name)) return "swap";
  const above = devices.all.find(({ below, disk }) => disk === undefined && below.includes(name));
  if (above === undefined) return undefined;
  if (/^CRYPT-LUKS/.test(above.mapperUuid ?? "")) return "crypto_LUKS";
  if (/^LVM-/.test(above.mapperUuid ?? "")) return "LVM2_member";
  return /^md/.test(above.name) ? "linux_raid_member" : undefined;
}
