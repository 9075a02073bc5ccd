/** USB devices as /sys/bus/usb shows them; their own words first, then the list of ids, then udev's. */
import { type Look, present } from "../collecting/collector.ts";
import { parseUdev } from "./disks.ts";
import { decodeFirmwareText, told } from "./firmware-text.ts";
import { type HardwareIds, readHardwareIds, usbIdFiles } from "./hardware-ids.ts";
import { parseUevent } from "./pci.ts";

export interface UsbDevice {
  /** Bus and the ports on the way, `1-4.2`. */
  readonly port: string;
  /** Four hexadecimal digits each. */
  readonly vendor: string;
  readonly product: string;
  /** Class codes of the device or, where it leaves that to them, of its interfaces: two hexadecimal digits, or six. */
  readonly classes: readonly string[];
  readonly drivers: readonly string[];
  /** `major:minor` of its file below /dev. */
  readonly number?: string;
}

const devicesFolder = "/sys/bus/usb/devices";
const udevFolder = "/run/udev/data";

export const usbSources: readonly string[] = [devicesFolder, udevFolder, ...usbIdFiles];

const devicePattern = /^\d+-\d+(\.\d+)*$/;
const mostDevices = 1_024;

/** All but the hubs that are the controllers themselves. */
export function readUsbDevices(look: Look): UsbDevice[] {
  const entries = look.names(devicesFolder);
  const interfaces = Map.groupBy(
    entries.filter((entry) => entry.includes(":")),
    (entry) => entry.slice(0, entry.indexOf(":")),
  );
  return entries
    .filter((entry) => devicePattern.test(entry))
    .slice(0, mostDevices)
    .flatMap((port) => readUsbDevice(look, port, interfaces.get(port) ?? []) ?? []);
}

function readUsbDevice(look: Look, port: string, interfaces: readonly string[]): UsbDevice | undefined {
  const facts = parseUevent(look.text(`${devicesFolder}/${port}/uevent`) ?? "");
  const [vendor, product] = idsOf(look, port, facts.get("PRODUCT"));
  if (vendor === undefined || product === undefined) return undefined;
  const parts = interfaces.map((entry) => parseUevent(look.text(`${devicesFolder}/${entry}/uevent`) ?? ""));
  const own = classCode(facts.get("TYPE"));
  return present({
    port,
    vendor,
    product,
    classes: saysNothing(own) ? parts.flatMap((part) => classCode(part.get("INTERFACE")) ?? []) : [own],
    drivers: parts.flatMap((part) => part.get("DRIVER") ?? []).filter((driver) => driver !== byProgram),
    number: numberOf(facts.get("MAJOR"), facts.get("MINOR")),
  });
}

/** Stands there while a program of somebody's drives the device, and comes and goes with it. */
const byProgram = "usbfs";

/** `46d/825/12`: hexadecimal without leading zeros. */
function idsOf(look: Look, port: string, product = ""): (string | undefined)[] {
  const inOne = product.split("/").slice(0, 2);
  const texts =
    inOne.length === 2
      ? inOne
      : ["idVendor", "idProduct"].map((name) => look.text(`${devicesFolder}/${port}/${name}`)?.trim());
  return texts.map((text) =>
    /^[0-9a-f]{1,4}$/i.test(text ?? "") ? text?.toLowerCase().padStart(4, "0") : undefined,
  );
}

/** `14/1/0`: class, sub-class and protocol in decimals. */
function classCode(text: string | undefined): string | undefined {
  const numbers = text?.split("/").map(Number) ?? [];
  if (numbers.length !== 3 || numbers.some((each) => !(each >= 0 && each < 256))) return undefined;
  return numbers.map((each) => each.toString(16).padStart(2, "0")).join("");
}

/** 00: the interfaces say it; ef: several of them belong together. */
const saysNothing = (code: string | undefined): code is undefined =>
  code === undefined || code.startsWith("00") || code.startsWith("ef");

const numberOf = (major: string | undefined, minor: string | undefined): string | undefined =>
  /^\d{1,6}:\d{1,8}$/.exec(`${major}:${minor}`)?.[0];

export interface UsbNames {
  readonly manufacturer?: string;
  readonly model?: string;
}

/** Names of devices; the list of ids is read when one does not name itself. */
export function usbNaming(look: Look): (device: UsbDevice) => UsbNames {
  let ids: HardwareIds | undefined;
  return ({ port, vendor, product, number }) => {
    const own = { manufacturer: usbText(look, port, "manufacturer"), model: usbText(look, port, "product") };
    if (own.manufacturer !== undefined && own.model !== undefined) return present(own);
    ids ??= readHardwareIds(look, usbIdFiles);
    const listed = { manufacturer: ids.vendor(vendor), model: ids.device(vendor, product) };
    const udev = parseUdev((number && look.text(`${udevFolder}/c${number}`)) || "");
    return present({
      manufacturer: own.manufacturer ?? listed.manufacturer ?? told(udev.get("ID_VENDOR_FROM_DATABASE")),
      model: own.model ?? listed.model ?? told(udev.get("ID_MODEL_FROM_DATABASE")),
    });
  };
}

/** What the device says of itself. */
export function usbText(
  look: Look,
  port: string,
  file: "manufacturer" | "product" | "serial",
): string | undefined {
  const bytes = look.bytes(`${devicesFolder}/${port}/${file}`);
  return bytes && told(decodeFirmwareText(bytes));
}

/** Megabits per second; undefined for the slowest, 1.5. */
export function usbSpeed(look: Look, port: string): number | undefined {
  const text = look.text(`${devicesFolder}/${port}/speed`)?.trim() ?? "";
  return /^\d{2,6}$/.test(text) ? Number(text) : undefined;
}

/** Names of classes (USB-IF, Defined Class Codes), by their own two digits or by all six. */
const classNames: ReadonlyMap<string, string> = new Map([
  ["01", "Audio"],
  ["02", "Communications"],
  ["03", "Human Interface Device"],
  ["05", "Physical Interface Device"],
  ["06", "Imaging"],
  ["07", "Printer"],
  ["08", "Mass Storage"],
  ["09", "Hub"],
  ["0a", "CDC Data"],
  ["0b", "Smart Card"],
  ["0d", "Content Security"],
  ["0e", "Video"],
  ["0f", "Personal Healthcare"],
  ["10", "Audio/Video"],
  ["11", "Billboard"],
  ["12", "Type-C Bridge"],
  ["3c", "I3C"],
  ["dc", "Diagnostic"],
  ["e0", "Wireless"],
  ["e00101", "Bluetooth"],
  ["fe", "Application Specific"],
  ["fe0101", "Firmware Upgrade"],
  ["fe0102", "Firmware Upgrade"],
  ["ff", "Vendor Specific"],
]);

export const usbClassName = (code: string): string | undefined =>
  classNames.get(code) ?? classNames.get(code.slice(0, 2));

export const isHub = ({ classes }: UsbDevice): boolean => classes[0]?.startsWith("09") ?? false;

const modemDrivers: ReadonlySet<string> = new Set([
  "GobiNet",
  "cdc_mbim",
  "hso",
  "huawei_cdc_ncm",
  "option",
  "qcserial",
  "qmi_wwan",
  "qmi_wwan_q",
  "sierra",
  "sierra_net",
]);

export const isUsbModem = ({ drivers }: UsbDevice): boolean =>
  drivers.some((driver) => modemDrivers.has(driver));
