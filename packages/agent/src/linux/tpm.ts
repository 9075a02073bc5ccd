/** The trusted platform module: /sys/class/tpm, and SMBIOS type 43 for what the kernel does not tell of it. */
import { type Look, present } from "../collecting/collector.ts";
import { clean, told } from "./firmware-text.ts";
import { byteAt, doubleWordAt, type SmbiosStructure } from "./smbios.ts";

const folder = "/sys/class/tpm";
export const tpmSources = [folder] as const;

interface Tpm {
  readonly version?: string;
  readonly manufacturer?: string;
  readonly firmware?: string;
}

/** TCG Vendor ID Registry; what a name does not stand here for stands as it is. */
const makers: ReadonlyMap<string, string> = new Map([
  ["AMD", "AMD"],
  ["ATML", "Atmel"],
  ["BRCM", "Broadcom"],
  ["CSCO", "Cisco"],
  ["FLYS", "Flyslice"],
  ["GOOG", "Google"],
  ["HISI", "Huawei"],
  ["HPE", "HPE"],
  ["HPI", "HP"],
  ["IBM", "IBM"],
  ["IFX", "Infineon"],
  ["INTC", "Intel"],
  ["LEN", "Lenovo"],
  ["MSFT", "Microsoft"],
  ["NSG", "NSING"],
  ["NSM", "National Semiconductor"],
  ["NTC", "Nuvoton"],
  ["NTZ", "Nationz"],
  ["QCOM", "Qualcomm"],
  ["ROCC", "Rockchip"],
  ["SMSC", "SMSC"],
  ["SMSN", "Samsung"],
  ["SNS", "Sinosun"],
  ["STM", "STMicroelectronics"],
  ["TXN", "Texas Instruments"],
  ["WEC", "Winbond"],
]);

export function readTpm(look: Look, structures: readonly SmbiosStructure[]): Tpm | undefined {
  const device = look.names(folder).find((name) => /^tpm\d{1,3}$/.test(name));
  const structure = structures.find(({ type }) => type === 43);
  if (device === undefined && structure === undefined) return undefined;
  const tpm = {
    ...(structure && tpmOf(structure)),
    ...(device === undefined ? {} : kernelsTpm(look, `${folder}/${device}`)),
  };
  return Object.keys(tpm).length > 0 ? tpm : undefined;
}

/** DSP0134 7.44. */
function tpmOf(structure: SmbiosStructure): Tpm {
  const [major, minor] = [byteAt(structure, 0x08), byteAt(structure, 0x09)];
  const maker = Buffer.from(structure.formatted.subarray(0x04, 0x08)).toString("latin1");
  return present({
    version: major === undefined || major === 0 ? undefined : `${major}.${minor ?? 0}`,
    manufacturer: makerOf(maker),
    firmware: firmwareOf(structure, major),
  });
}

/** Of version 1 two bytes behind two that repeat the specification's; of version 2 two words, the higher first. */
function firmwareOf(structure: SmbiosStructure, major: number | undefined): string | undefined {
  const first = doubleWordAt(structure, 0x0a);
  if (first === undefined || first === 0) return undefined;
  if (major === 1) return `${byteAt(structure, 0x0c)}.${byteAt(structure, 0x0d)}`;
  return major === 2 ? `${first >>> 16}.${first & 0xffff}` : undefined;
}

/** The kernel says the rest only of version 1, in lines of `caps`: "Manufacturer: 0x49465800". */
function kernelsTpm(look: Look, device: string): Tpm {
  const major = look.text(`${device}/tpm_version_major`)?.trim();
  const caps = look.text(`${device}/caps`) ?? look.text(`${device}/device/caps`) ?? "";
  const line = (key: string) => clean(new RegExp(`^${key}: (.{1,64})$`, "m").exec(caps)?.[1]);
  const description = look.text(`${device}/device/description`) ?? "";
  return present({
    version:
      major === "2"
        ? "2.0"
        : (line("TCG version") ?? (major === "1" ? "1.2" : describedVersion(description))),
    manufacturer: makerOf(lettersOf(line("Manufacturer") ?? "")),
    firmware: line("Firmware version"),
  });
}

/** ACPI's word for it, on kernels before 5.6: "TPM 2.0 Device". */
const describedVersion = (text: string): string | undefined => /\bTPM (\d\.\d)\b/.exec(text)?.[1];

function lettersOf(hex: string): string {
  return /^0x[0-9a-f]{8}$/i.test(hex) ? Buffer.from(hex.slice(2), "hex").toString("latin1") : "";
}

function makerOf(letters: string): string | undefined {
  const name = told(letters.replaceAll("\0", ""));
  if (name === undefined || !/^[A-Z0-9 ]+$/i.test(name)) return undefined;
  return makers.get(name.toUpperCase()) ?? name;
}
