/** Controllers that make RAID in their own hardware. */
import { type Look, present } from "../collecting/collector.ts";
import { placeOnBus } from "./bus-path.ts";
import { told } from "./firmware-text.ts";
import { type PciDevice, pciNaming, readPciDevices } from "./pci.ts";

export const scsiHosts = "/sys/class/scsi_host";

const raidClass = "0104";
/** With this class, but they leave the work to the system. */
const softDrivers: ReadonlySet<string | undefined> = new Set(["ahci", "vmd", "nvme"]);
/** Some makers give theirs other classes. */
const raidDrivers: ReadonlySet<string | undefined> = new Set([
  "3w-9xxx",
  "3w-sas",
  "aacraid",
  "arcmsr",
  "hpsa",
  "megaraid_sas",
  "mpi3mr",
  "smartpqi",
]);

const isRaid = ({ class: code, driver }: PciDevice): boolean =>
  raidDrivers.has(driver) || (code === raidClass && !softDrivers.has(driver));

export function readRaidControllers(look: Look) {
  const found = readPciDevices(look).filter(isRaid);
  if (found.length === 0) return [];
  const namesOf = pciNaming(look);
  const hosts = hostsBySlot(look);
  return found.map((device) => {
    const names = namesOf(device);
    const host = hosts.get(device.slot);
    return present({
      slot: device.slot,
      manufacturer: names.subsystemManufacturer ?? names.manufacturer,
      model: hostText(look, host, ["board_name", "model", "host_model"]) ?? names.subsystem ?? names.model,
      firmware: hostText(look, host, firmwareFiles),
      driver: device.driver,
    });
  });
}

/** Each driver has a name of its own for it. */
const firmwareFiles = [
  "firmware_version",
  "firmware_revision",
  "version_fw",
  "fw_version",
  "host_fw_version",
];

function hostsBySlot(look: Look): ReadonlyMap<string, string> {
  return new Map(
    look.names(scsiHosts).flatMap((host): [string, string][] => {
      const { pci } = placeOnBus(look.link(`${scsiHosts}/${host}`) ?? "");
      return pci === undefined ? [] : [[pci, host]];
    }),
  );
}

function hostText(look: Look, host: string | undefined, files: readonly string[]): string | undefined {
  if (host === undefined) return undefined;
  for (const file of files) {
    const text = told(look.text(`${scsiHosts}/${host}/${file}`));
    if (text !== undefined) return text;
  }
  return undefined;
}
