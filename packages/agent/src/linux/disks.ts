/** Disks as /sys/block shows them, with what udev knows besides where it runs. */
import { type Look, present } from "../collecting/collector.ts";
import { blockEntries, blockFolder, isLayer, plainName } from "./block-devices.ts";
import { decodeFirmwareText, told } from "./firmware-text.ts";

export interface Disk {
  readonly name: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  /** Bytes. */
  readonly size?: number;
  readonly bus?: string;
  readonly rotational?: boolean;
  readonly firmware?: string;
}

/** What is found of one entry; texts as they are. */
export interface DiskSigns {
  readonly entry: string;
  /** Where the entry leads: the path of the device through the buses. */
  readonly link?: string | undefined;
  /** Blocks of 512 bytes, whatever the disk's own are. */
  readonly size?: string | undefined;
  readonly removable?: string | undefined;
  readonly hidden?: string | undefined;
  readonly rotational?: string | undefined;
  readonly vendor?: string | undefined;
  readonly model?: string | undefined;
  readonly serial?: string | undefined;
  readonly revision?: string | undefined;
  readonly wwid?: string | undefined;
  /** SCSI's page of the serial number. */
  readonly vpdSerial?: Uint8Array | undefined;
  /** The driver of the SCSI host. */
  readonly host?: string | undefined;
  readonly udev: ReadonlyMap<string, string>;
}

const udevFolder = "/run/udev/data";
const hostFolder = "/sys/class/scsi_host";

export const diskSources: readonly string[] = [blockFolder, udevFolder, hostFolder];

export function readDisks(look: Look): Disk[] {
  return blockEntries(look)
    .filter((entry) => !/^(loop|ram|zram|dm-|md)/.test(entry))
    .flatMap((entry) => diskOf(readSigns(look, entry)) ?? []);
}

function readSigns(look: Look, entry: string): DiskSigns {
  const folder = `${blockFolder}/${entry}`;
  // Most of what is asked for is not there; a look at what is there costs less than to be told so.
  const there = new Set([
    ...look.names(folder),
    ...look.names(`${folder}/device`).map((name) => `device/${name}`),
  ]);
  const bytes = (file: string) => (there.has(file) ? look.bytes(`${folder}/${file}`) : undefined);
  const text = (...files: readonly string[]) => {
    for (const file of files) {
      const value = bytes(file);
      if (value !== undefined) return decodeFirmwareText(value);
    }
    return undefined;
  };
  const link = look.link(folder);
  const number = /^\d+:\d+$/.exec(text("dev")?.trim() ?? "")?.[0];
  const host = /\/(host\d+)\//.exec(link ?? "")?.[1];
  return {
    entry,
    link,
    size: text("size"),
    removable: text("removable"),
    hidden: text("hidden"),
    rotational: look.text(`${folder}/queue/rotational`),
    vendor: text("device/vendor"),
    // An SD or eMMC card has a name.
    model: text("device/model", "device/name"),
    // Virtio has it at the disk itself.
    serial: text("device/serial", "serial"),
    revision: text("device/firmware_rev", "device/rev"),
    wwid: text("device/wwid", "wwid"),
    vpdSerial: bytes("device/vpd_pg80"),
    host: host && look.text(`${hostFolder}/${host}/proc_name`)?.trim(),
    udev: parseUdev((number && look.text(`${udevFolder}/b${number}`)) || ""),
  };
}

/** Properties in a record of udev's database: lines `E:NAME=value`. */
export function parseUdev(record: string): ReadonlyMap<string, string> {
  return new Map(
    record.split("\n").flatMap((line): [string, string][] => {
      const [, name, value] = /^E:([A-Z0-9_]{1,64})=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Undefined when it is none: a layer over others, an optical drive, a reader without a medium, a part of eMMC. */
export function diskOf(signs: DiskSigns): Disk | undefined {
  const { entry, link } = signs;
  const blocks = Number(/^\d{1,16}$/.exec(signs.size?.trim() ?? "")?.[0] ?? 0);
  const isNetworkDisk = entry.startsWith("nbd") && blocks > 0;
  if (isNoDisk.test(entry) || signs.hidden?.trim() === "1") return undefined;
  if (isLayer(link, entry) && !isNetworkDisk) return undefined;
  if (blocks === 0 && signs.removable?.trim() === "1") return undefined;
  const bus = busOf(signs);
  const named = present({ manufacturer: manufacturerOf(signs), model: modelOf(signs) });
  return present({
    name: plainName(entry),
    ...named,
    serial: serialOf(signs),
    size: blocks > 0 ? blocks * 512 : undefined,
    bus,
    rotational: isRotational(signs.rotational?.trim(), bus, named),
    // SCSI cuts what an ATA disk says to 4 characters.
    firmware: told(signs.udev.get("ID_REVISION")) ?? told(signs.revision),
  });
}

const isNoDisk = /^(sr\d|scd\d|fd\d|mtdblock|ubiblock|mmcblk\d+(boot|rpmb|gp))/;

function manufacturerOf({ vendor }: DiskSigns): string | undefined {
  // VMware's name goes on behind its comma, where SCSI has no room for it.
  const said = told(vendor)?.replace(/,$/, "");
  // "ATA" stands there for every disk that is no SCSI disk; virtio has a number.
  return said === "ATA" || /^0x[0-9a-f]+$/i.test(said ?? "") ? undefined : said;
}

/** SCSI cuts the model to 16 characters; udev asks an ATA disk itself. */
function modelOf({ udev, model, wwid }: DiskSigns): string | undefined {
  return told(unescaped(udev.get("ID_MODEL_ENC"))) ?? namesIn(wwid).model ?? told(model);
}

/** udev writes blanks and what it does not like as `\x20`. */
const unescaped = (text: string | undefined): string | undefined =>
  text?.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** A WWID is no serial number, but udev calls it one where a SCSI disk tells nothing else. */
function serialOf({ vpdSerial, serial, udev, wwid }: DiskSigns): string | undefined {
  const short = udev.get("ID_BUS") === "scsi" ? undefined : udev.get("ID_SERIAL_SHORT");
  return (
    told(serialInPage(vpdSerial)) ??
    told(serial) ??
    told(udev.get("ID_SCSI_SERIAL")) ??
    told(short) ??
    namesIn(wwid).serial
  );
}

/** Unit serial number page (SPC-4, 7.8.15): its code in the second byte, the length in the next two. */
function serialInPage(page: Uint8Array | undefined): string | undefined {
  if (page === undefined || page[1] !== 0x80) return undefined;
  const length = (page[2] ?? 0) * 256 + (page[3] ?? 0);
  return decodeFirmwareText(page.subarray(4, 4 + length));
}

interface Names {
  readonly model?: string | undefined;
  readonly serial?: string | undefined;
}

/**
 * Model and serial number, where the WWID is made of them: `t10.ATA` and both at their full width of 40 and 20, or
 * the kernel's own for NVMe, `nvme.VENDOR-SERIAL-MODEL-NAMESPACE` with the texts in hexadecimal.
 */
function namesIn(wwid = ""): Names {
  if (wwid.startsWith("t10.ATA     "))
    return { model: told(wwid.slice(12, 52)), serial: told(wwid.slice(52, 72)) };
  const [, serial, model] =
    /^nvme\.[0-9a-f]{4}-([0-9a-f]{0,40})-([0-9a-f]{0,80})-[0-9a-f]{8}\s*$/.exec(wwid) ?? [];
  return { model: told(textInHex(model)), serial: told(textInHex(serial)) };
}

const textInHex = (hex: string | undefined): string | undefined =>
  hex === undefined ? undefined : decodeFirmwareText(Buffer.from(hex, "hex"));

/** Parts of the device's path that tell the bus; the first that is there counts. */
const busParts = [
  [/\/usb\d+\//, "usb"],
  [/\/nvme(-subsystem)?\//, "nvme"],
  [/\/virtio\d+\//, "virtio"],
  [/\/mmc_host\//, "mmc"],
  [/\/vbd-\d+\//, "xen"],
  [/\/session\d+\//, "iscsi"],
  [/\/end_device-/, "sas"],
  [/\/rport-/, "fc"],
  [/\/[^/]*ufs(hc)?[^/]*\/host\d+\//, "ufs"],
  [/\/fw\d+[./]/, "firewire"],
  [/\/ndbus\d+\//, "nvdimm"],
] as const;

/** What drivers call their disks, where the path does not tell. */
const busNames = [
  [/^nvme/, "nvme"],
  [/^vd/, "virtio"],
  [/^xvd/, "xen"],
  [/^mmcblk/, "mmc"],
  [/^pmem/, "nvdimm"],
  [/^nbd/, "nbd"],
  [/^rbd/, "rbd"],
  [/^dasd/, "dasd"],
] as const;

function busOf({ entry, link = "", vendor, host = "", udev }: DiskSigns): string | undefined {
  const onPath = busParts.find(([part]) => part.test(link))?.[1];
  if (onPath !== undefined) return onPath;
  if (/\/ata\d+\//.test(link) || told(vendor) === "ATA")
    return /^(ahci|sata)/.test(host) || udev.get("ID_ATA_SATA") === "1" ? "sata" : "ata";
  return busNames.find(([name]) => name.test(entry))?.[1] ?? (/\/host\d+\//.test(link) ? "scsi" : undefined);
}

/** Where the kernel takes a disk that does not say for one that turns. */
const silentBuses: ReadonlySet<string | undefined> = new Set(["virtio", "xen", "usb", "nbd", "rbd"]);
const virtualDisks =
  /^(VMware|QEMU|VBOX|Msft|Google|Nutanix|Virtual|Amazon|Alibaba Cloud|ORACLE BlockVolume|nvme_card|Microsoft NVMe|Linux$|SPDK|Xen)/i;

/** Whether a hypervisor, a cloud or another machine says that it is a disk. */
export const isVirtualDisk = ({ manufacturer, model }: Partial<Disk>): boolean =>
  [manufacturer, model].some((name) => name !== undefined && virtualDisks.test(name));

function isRotational(
  said: string | undefined,
  bus: string | undefined,
  named: Partial<Disk>,
): boolean | undefined {
  if (said === "0") return false;
  return said === "1" && !silentBuses.has(bus) && !isVirtualDisk(named) ? true : undefined;
}
