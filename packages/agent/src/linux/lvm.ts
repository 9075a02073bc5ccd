/**
 * LVM's groups and volumes: from the metadata that it keeps a copy of in /etc/lvm/backup, and from what the device
 * mapper shows. A copy outlives its group, so it counts only when something of the group is seen.
 */
import { type Look, present } from "../collecting/collector.ts";
import { type BlockDevice, type BlockDevices, knownAs, sizeOf } from "./block-devices.ts";
import { parseUdev } from "./disks.ts";
import { type ConfigSection, parseLvmConfig } from "./lvm-config.ts";

export interface VolumeGroup {
  readonly name: string;
  /** Without its dashes, as the device mapper has it. */
  readonly id: string;
  readonly size: number;
  readonly free: number;
  readonly physical: readonly { readonly id: string; readonly device: string; readonly size: number }[];
  readonly logical: readonly LogicalVolume[];
}

export interface LogicalVolume {
  readonly name: string;
  readonly type?: string;
  /** Bytes. */
  readonly size?: number;
}

export const lvmBackups = "/etc/lvm/backup";
const udevFolder = "/run/udev/data";
const mostBytes = 16 * 2 ** 20;

/** The metadata of one group; undefined when it is not that. */
export function parseVolumeGroup(text: string): VolumeGroup | undefined {
  const [[name, group] = []] = [...parseLvmConfig(text).sections];
  if (name === undefined || group === undefined) return undefined;
  const id = textIn(group, "id")?.replaceAll("-", "");
  // Sectors of 512 bytes.
  const extent = numberIn(group, "extent_size") * 512;
  if (id === undefined || extent === 0) return undefined;
  const physical = sectionsIn(group, "physical_volumes").flatMap(([, volume]) => {
    const [own, device] = [textIn(volume, "id"), textIn(volume, "device")];
    if (own === undefined || device === undefined) return [];
    return [{ id: own, device, size: numberIn(volume, "pe_count") * extent }];
  });
  const volumes = sectionsIn(group, "logical_volumes");
  const size = physical.reduce((sum, volume) => sum + volume.size, 0);
  const taken = volumes.reduce((sum, [, volume]) => sum + extentsTaken(volume), 0) * extent;
  const isSound = Number.isSafeInteger(size) && taken <= size;
  if (!isSound) return undefined;
  return { name, id, size, free: size - taken, physical, logical: volumes.flatMap(logicalVolume(extent)) };
}

const textIn = (section: ConfigSection, key: string): string | undefined => {
  const value = section.values.get(key);
  return typeof value === "string" ? value : undefined;
};

const numberIn = (section: ConfigSection, key: string): number => {
  const value = section.values.get(key);
  return typeof value === "number" ? value : 0;
};

const sectionsIn = (section: ConfigSection, name: string): [string, ConfigSection][] => [
  ...(section.sections.get(name)?.sections ?? []),
];

const segmentsOf = (volume: ConfigSection): ConfigSection[] =>
  [...volume.sections].filter(([name]) => name.startsWith("segment")).map(([, segment]) => segment);

/** Only segments of this type lie on disks; all others lie on volumes that people do not see. */
const onDisks = "striped";

const extentsTaken = (volume: ConfigSection): number =>
  segmentsOf(volume)
    .filter((segment) => textIn(segment, "type") === onDisks)
    .reduce((sum, segment) => sum + numberIn(segment, "extent_count"), 0);

const logicalVolume =
  (extent: number) =>
  ([name, volume]: [string, ConfigSection]): LogicalVolume[] => {
    const status = volume.values.get("status");
    if (!Array.isArray(status) || !status.includes("VISIBLE")) return [];
    const segments = segmentsOf(volume);
    const size = segments.reduce((sum, segment) => sum + numberIn(segment, "extent_count"), 0) * extent;
    const [first] = segments;
    const type = first && textIn(first, "type");
    const isLinear = type === onDisks && segments.every((segment) => numberIn(segment, "stripe_count") === 1);
    return [
      present({
        name,
        type: isLinear ? "linear" : type,
        size: Number.isSafeInteger(size) ? size : undefined,
      }),
    ];
  };

export interface Lvm {
  readonly groups: { readonly name: string; readonly size?: number; readonly free?: number }[];
  readonly physical: { readonly device: string; readonly group: string; readonly size?: number }[];
  readonly logical: (LogicalVolume & { readonly group: string })[];
}

export function readLvm(look: Look, devices: BlockDevices): Lvm {
  const active = devices.all.flatMap((device) => mappedVolume(look, device) ?? []);
  const lookUp = physicalByIds(look, devices);
  const kept = look.names(lvmBackups).flatMap((file) => {
    const group = parseVolumeGroup(look.text(`${lvmBackups}/${file}`, mostBytes) ?? "");
    if (group === undefined) return [];
    const isThere =
      devices.all.length === 0 ||
      active.some(({ groupId }) => groupId === group.id) ||
      group.physical.some(({ id }) => lookUp(id) !== undefined);
    if (!isThere) look.note(`nothing is seen of the volume group ${group.name}, of which there is a copy`);
    return isThere ? [group] : [];
  });
  const names = new Set(kept.map(({ name }) => name));
  const others = active.filter(({ group }) => !names.has(group));
  return {
    groups: [
      ...kept.map(({ name, size, free }) => ({ name, size, free })),
      ...[...new Set(others.map(({ group }) => group))].map((name) => ({ name })),
    ],
    physical: [
      ...kept.flatMap(({ name: group, physical }) =>
        physical.map(({ id, device, size }) => ({
          device: lookUp(id) ?? device.replace("/dev/", ""),
          group,
          size,
        })),
      ),
      ...physicalBelow(others, devices),
    ],
    logical: [
      ...kept.flatMap(({ name: group, logical }) => logical.map((volume) => ({ group, ...volume }))),
      ...others
        .filter(({ name }) => !isInner.test(name))
        .map(({ group, name, size }) => present({ group, name, size })),
    ],
  };
}

/** Parts of volumes, which people do not see. */
const isInner =
  /_(rimage|rmeta|mimage|mlog|tdata|tmeta|cdata|cmeta|cpool|corig|vdata|vorigin|pmspare)(_\d+)?$/;

interface MappedVolume {
  readonly group: string;
  readonly groupId: string;
  readonly name: string;
  readonly size: number | undefined;
  readonly device: BlockDevice;
}

/** `LVM-` and the ids of group and volume, 32 characters each; inner ones have more behind. A dash in a name is doubled. */
function mappedVolume(look: Look, device: BlockDevice): MappedVolume | undefined {
  const groupId = /^LVM-([A-Za-z0-9]{32})[A-Za-z0-9]{32}$/.exec(device.mapperUuid ?? "")?.[1];
  const [, group, name] = /^mapper\/((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(device.alias ?? "") ?? [];
  if (groupId === undefined || group === undefined || name === undefined) return undefined;
  const plain = (text: string) => text.replaceAll("--", "-");
  return { group: plain(group), groupId, name: plain(name), size: sizeOf(look, device), device };
}

const deepest = 16;

function physicalBelow(volumes: readonly MappedVolume[], devices: BlockDevices) {
  const found = new Map<string, string>();
  const descend = (device: BlockDevice, group: string, depth: number): void => {
    for (const name of device.below) {
      const below = devices.byName(name);
      if (below === undefined || depth > deepest) continue;
      if (below.mapperUuid?.startsWith("LVM-")) descend(below, group, depth + 1);
      else found.set(knownAs(below), group);
    }
  };
  for (const { device, group } of volumes) descend(device, group, 0);
  return [...found].map(([device, group]) => ({ device, group }));
}

/** Which device has the physical volume of an id, as udev saw it; each is asked when the first is looked for. */
function physicalByIds(look: Look, devices: BlockDevices): (id: string) => string | undefined {
  let ids: Map<string, string> | undefined;
  return (id) => {
    ids ??= new Map(
      devices.all.flatMap((device): [string, string][] => {
        const udev = parseUdev((device.number && look.text(`${udevFolder}/b${device.number}`)) || "");
        const own = udev.get("ID_FS_TYPE") === "LVM2_member" ? udev.get("ID_FS_UUID") : undefined;
        return own === undefined ? [] : [[own, knownAs(device)]];
      }),
    );
    return ids.get(id);
  };
}
