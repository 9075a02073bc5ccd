/** PCI devices as /sys/bus/pci shows them, with names from the list of ids or, where there is none, from udev. */
import { basename } from "node:path/posix";
import { type Look, present } from "../collecting/collector.ts";
import { parseUdev } from "./disks.ts";
import { told } from "./firmware-text.ts";
import { type HardwareIds, pciIdFiles, readHardwareIds } from "./hardware-ids.ts";

export interface PciDevice {
  /** Domain, bus, device and function: `0000:00:1f.3`. */
  readonly slot: string;
  /** Base class and sub-class, four hexadecimal digits. */
  readonly class: string;
  readonly vendor: string;
  readonly device: string;
  /** Vendor and device of the board that it stands on; undefined where it does not say. */
  readonly subsystem?: readonly [vendor: string, device: string];
  readonly driver?: string;
}

export interface PciNames {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly subsystemManufacturer?: string;
  readonly subsystem?: string;
}

const devicesFolder = "/sys/bus/pci/devices";
const udevFolder = "/run/udev/data";

export const pciSources: readonly string[] = [devicesFolder, udevFolder, ...pciIdFiles];

const slotPattern = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;
/** A machine has a few dozen; a server with virtual functions thousands. */
const mostDevices = 4_096;

export function readPciDevices(look: Look): PciDevice[] {
  return look
    .names(devicesFolder)
    .slice(0, mostDevices)
    .flatMap((slot) => readPciDevice(look, slot) ?? []);
}

function readPciDevice(look: Look, slot: string): PciDevice | undefined {
  if (!slotPattern.test(slot)) return undefined;
  const folder = `${devicesFolder}/${slot}`;
  const file = (name: string) => look.text(`${folder}/${name}`)?.trim();
  const uevent = file("uevent");
  const facts = parseUevent(uevent ?? "");
  const identity = parseModalias(facts.get("MODALIAS") ?? file("modalias") ?? "") ?? identityInFiles(file);
  if (identity === undefined) return undefined;
  // Where the kernel's own summary is, it names the driver if there is one.
  const link = uevent === undefined ? look.link(`${folder}/driver`) : undefined;
  return present({
    slot,
    ...identity,
    driver: facts.get("DRIVER") ?? (link === undefined ? undefined : basename(link)),
  });
}

/** Undefined for the first. */
export function pciRevision(look: Look, slot: string): string | undefined {
  const revision = hex(look.text(`${devicesFolder}/${slot}/revision`)?.trim(), 2);
  return revision === "00" ? undefined : revision;
}

type Identity = Pick<PciDevice, "class" | "vendor" | "device" | "subsystem">;

/** `pci:v00008086d000051EDsv000017AAsd000022E7bc0Csc03i30`: all the numbers in one (kernel, file2alias.c). */
function parseModalias(text: string): Identity | undefined {
  const digits = "([0-9A-F]{4})";
  const [, vendor, device, subVendor, subDevice, base, sub] =
    new RegExp(
      `^pci:v0000${digits}d0000${digits}sv0000${digits}sd0000${digits}bc([0-9A-F]{2})sc([0-9A-F]{2})`,
    ).exec(text) ?? [];
  if (vendor === undefined || device === undefined) return undefined;
  return identityOf(vendor, device, subVendor, subDevice, `${base}${sub}`);
}

function identityInFiles(file: (name: string) => string | undefined): Identity | undefined {
  const [vendor, device, code] = [hex(file("vendor"), 4), hex(file("device"), 4), hex(file("class"), 6)];
  if (vendor === undefined || device === undefined || code === undefined) return undefined;
  return identityOf(
    vendor,
    device,
    hex(file("subsystem_vendor"), 4),
    hex(file("subsystem_device"), 4),
    code.slice(0, 4),
  );
}

function identityOf(
  vendor: string,
  device: string,
  subVendor: string | undefined,
  subDevice: string | undefined,
  code: string,
): Identity {
  const plain = (id: string) => id.toLowerCase();
  const isTold = subVendor !== undefined && subDevice !== undefined && !nothing.has(subVendor);
  return present({
    class: plain(code),
    vendor: plain(vendor),
    device: plain(device),
    subsystem: isTold ? ([plain(subVendor), plain(subDevice)] as const) : undefined,
  });
}

/** What stands for no board. */
const nothing: ReadonlySet<string> = new Set(["0000", "FFFF", "ffff"]);

/** Lines `NAME=value`. */
export function parseUevent(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n", 64).flatMap((line): [string, string][] => {
      const [, name, value] = /^([A-Z0-9_]{1,64})=(.+)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** `0x8086`. */
function hex(text: string | undefined, digits: number): string | undefined {
  const found = /^0x([0-9a-f]{1,8})$/i.exec(text ?? "")?.[1]?.toLowerCase();
  return found?.length === digits ? found : undefined;
}

/** Names of devices; the list of ids is read when the first name is asked for. */
export function pciNaming(look: Look): (device: PciDevice) => PciNames {
  let ids: HardwareIds | undefined;
  return (device) => {
    ids ??= readHardwareIds(look, pciIdFiles);
    const { slot, vendor, subsystem } = device;
    const manufacturer = ids.vendor(vendor);
    // The list knows every maker, if it is there at all.
    const udev =
      manufacturer === undefined ? parseUdev(look.text(`${udevFolder}/+pci:${slot}`) ?? "") : new Map();
    return present({
      manufacturer: manufacturer ?? told(udev.get("ID_VENDOR_FROM_DATABASE")),
      model: ids.device(vendor, device.device) ?? told(udev.get("ID_MODEL_FROM_DATABASE")),
      subsystemManufacturer: subsystem && ids.vendor(subsystem[0]),
      subsystem: subsystem && subsystemName(ids, device, subsystem),
    });
  };
}

/** What names its maker and itself again is what it is on any board. */
function subsystemName(
  ids: HardwareIds,
  { vendor, device }: PciDevice,
  [subVendor, subDevice]: readonly [string, string],
): string | undefined {
  const named = ids.subsystem(vendor, device, subVendor, subDevice);
  return named ?? (subVendor === vendor && subDevice === device ? ids.device(vendor, device) : undefined);
}
