/** Disks and volumes of Windows, and which of them BitLocker encrypts. */
import { type Look, present } from "../collecting/collector.ts";
import { numberAt, type PlistDict, textAt } from "../darwin/plist.ts";
import { powershell, readObjects } from "./powershell.ts";

const pipelines = {
  disks:
    "Get-PhysicalDisk | Select-Object DeviceId, FriendlyName, Manufacturer, SerialNumber, Size, @{n='Bus';e={[string]$_.BusType}}, @{n='Medium';e={[string]$_.MediaType}}, FirmwareVersion",
  volumes:
    "Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=3' | Select-Object DeviceID, FileSystem, Size, FreeSpace",
  protected:
    "Get-CimInstance -Namespace root/CIMV2/Security/MicrosoftVolumeEncryption Win32_EncryptableVolume | Select-Object DriveLetter, ProtectionStatus",
} as const;

export const windowsStorage = {
  reads: [],
  programs: [powershell],
  async collect(look: Look) {
    const objects = await readObjects(look, pipelines);
    const disks = objects("disks").flatMap((disk) => diskOf(disk) ?? []);
    const volumes = objects("volumes");
    if (disks.length === 0 && volumes.length === 0) return { nothing: "none" as const };
    const encrypted = new Map(
      objects("protected").map((each) => [textAt(each, "DriveLetter"), numberAt(each, "ProtectionStatus")]),
    );
    return {
      document: present({
        disks: disks.length > 0 ? disks : undefined,
        filesystems:
          volumes.length > 0 ? volumes.flatMap((each) => volumeOf(each, encrypted) ?? []) : undefined,
      }),
      readings: freeOf(volumes),
    };
  },
};

function diskOf(disk: PlistDict) {
  const name = textAt(disk, "DeviceId");
  if (name === undefined) return undefined;
  const medium = textAt(disk, "Medium");
  return present({
    name,
    manufacturer: textAt(disk, "Manufacturer"),
    model: textAt(disk, "FriendlyName"),
    // NVMe's are written as its identifier, with a full stop at the end.
    serial: textAt(disk, "SerialNumber")?.replace(/\.$/, ""),
    size: numberAt(disk, "Size"),
    bus: textAt(disk, "Bus")?.toLowerCase(),
    rotational: medium === "HDD" ? true : medium === "SSD" ? false : undefined,
    firmware: textAt(disk, "FirmwareVersion"),
  });
}

/** Protection 2 is unknown: a volume that is locked. */
function volumeOf(volume: PlistDict, encrypted: ReadonlyMap<string | undefined, number | undefined>) {
  const mount = textAt(volume, "DeviceID");
  if (mount === undefined) return undefined;
  const protection = encrypted.get(mount);
  return present({
    mount,
    type: textAt(volume, "FileSystem"),
    size: numberAt(volume, "Size"),
    encrypted: protection === 1 ? true : protection === 0 ? false : undefined,
    encryption: protection === 1 ? "bitlocker" : undefined,
  });
}

function freeOf(volumes: readonly PlistDict[]): Record<string, { free: number }> {
  return Object.fromEntries(
    volumes.flatMap((volume) => {
      const [mount, free] = [textAt(volume, "DeviceID"), numberAt(volume, "FreeSpace")];
      return mount === undefined || free === undefined ? [] : [[mount, { free }]];
    }),
  );
}
