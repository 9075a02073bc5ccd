/**
 * Which hypervisor the machine runs under, told from files; names are those of systemd-detect-virt(1) and a few of
 * their kind. One file alone is often not enough: QEMU's firmware is there with KVM and without, Amazon's on bare
 * machines too.
 */
import { type Look, present } from "../collecting/collector.ts";
import type { Cpuinfo } from "./cpuinfo.ts";
import { deviceTree, treeTexts } from "./device-tree.ts";
import type { DmiTexts } from "./dmi.ts";
import { clean } from "./firmware-text.ts";
import { byteAt, type SmbiosStructure } from "./smbios.ts";

export interface MachineSigns {
  readonly dmi: DmiTexts;
  /** x86: whether a hypervisor shows itself to the processor; undefined elsewhere. */
  readonly hypervisorFlag?: boolean;
  /** SMBIOS type 0 says "virtual machine"; undefined where it cannot. */
  readonly virtualFirmware?: boolean;
  /** Who made the ACPI tables. */
  readonly acpi?: string;
  /** Clocks that the kernel could use; a hypervisor's own are among them. */
  readonly clocks?: string;
  /** /sys/hypervisor/type */
  readonly hypervisor?: string;
  /** The first domain of Xen: the bare machine's own system. */
  readonly isXenHost?: boolean;
  /** `compatible` of the device tree's hypervisor node. */
  readonly treeHypervisor?: string;
  /** Whether QEMU gave the device tree. */
  readonly isQemuTree?: boolean;
  readonly isDummyTree?: boolean;
  /** IBM's own hypervisor gave the device tree. */
  readonly isPowerPartition?: boolean;
  /** s390: /proc/sysinfo */
  readonly mainframe?: string;
  readonly isUserMode?: boolean;
}

export function virtualMachineOf(signs: MachineSigns): string | undefined {
  if (signs.isUserMode) return "uml";
  if (signs.isXenHost) return undefined;
  const brand = brandOf(signs.dmi);
  if (brand !== undefined && !soft.has(brand)) return isBareBrand(brand, signs) ? undefined : brand;
  // An answer from the paravirtual interface is better than QEMU's or Bochs' firmware, which others use as well.
  return acpiMaker(signs.acpi) ?? paravirtual(signs) ?? brand ?? treeMachine(signs) ?? unnamed(signs);
}

/** Beginnings of what makers of hypervisors write into their machines' firmware. */
const brands = [
  ["KVM", "kvm"],
  ["OpenStack", "kvm"],
  ["KubeVirt", "kvm"],
  ["RHEV", "kvm"],
  ["oVirt", "kvm"],
  ["Amazon EC2", "amazon"],
  ["QEMU", "qemu"],
  ["VMware", "vmware"],
  ["VMW", "vmware"],
  ["innotek GmbH", "oracle"],
  ["VirtualBox", "oracle"],
  ["Xen", "xen"],
  ["HVM domU", "xen"],
  ["Bochs", "bochs"],
  ["Parallels", "parallels"],
  ["BHYVE", "bhyve"],
  ["Hyper-V", "microsoft"],
  ["Apple Virtualization", "apple"],
  ["Google Compute Engine", "google"],
  ["Cloud Hypervisor", "cloud-hypervisor"],
] as const;

/** Firmware that several hypervisors use. */
const soft: ReadonlySet<string> = new Set(["qemu", "bochs"]);

function brandOf(dmi: DmiTexts): string | undefined {
  const product = clean(dmi.product_name) ?? "";
  // Their other products have other names.
  if (dmi.sys_vendor?.startsWith("Microsoft") && product.startsWith("Virtual Machine")) return "microsoft";
  for (const text of [product, dmi.sys_vendor, dmi.board_vendor, dmi.bios_vendor, dmi.product_version])
    for (const [beginning, name] of brands) if (beginsWithName(text ?? "", beginning)) return name;
  return undefined;
}

/** "VMware, Inc." and "VMware7,1", but not "Xenon" for "Xen". */
function beginsWithName(text: string, name: string): boolean {
  return text.startsWith(name) && !/^[a-z]/.test(text.slice(name.length));
}

/** Clouds rent whole machines with the firmware of their virtual ones; Amazon's are called `c5.metal`, `m7i.metal-24xl`. */
function isBareBrand(brand: string, { dmi, hypervisorFlag, virtualFirmware }: MachineSigns): boolean {
  if (brand !== "amazon" && brand !== "google") return false;
  if (hypervisorFlag !== undefined) return !hypervisorFlag;
  return virtualFirmware === false || /\.metal(-|$)/.test(clean(dmi.product_name) ?? "");
}

/** Makers of ACPI tables that write nothing else into a machine. */
const acpiMakers: ReadonlyMap<string, string> = new Map([
  ["FIRECK", "firecracker"],
  ["VBOX", "oracle"],
  ["VRTUAL", "microsoft"],
  ["CLOUDH", "cloud-hypervisor"],
]);

const acpiMaker = (maker: string | undefined): string | undefined => acpiMakers.get(maker ?? "");

function paravirtual({ hypervisor, clocks = "", treeHypervisor = "" }: MachineSigns): string | undefined {
  if (hypervisor === "xen" || treeHypervisor.includes("xen")) return "xen";
  if (/\bkvm-clock\b/.test(clocks) || treeHypervisor === "linux,kvm") return "kvm";
  if (clocks.includes("hyperv_clocksource")) return "microsoft";
  if (/\bxen\b/.test(clocks)) return "xen";
  return treeHypervisor.includes("vmware") ? "vmware" : undefined;
}

function treeMachine({ isQemuTree, isPowerPartition, mainframe = "" }: MachineSigns): string | undefined {
  if (isQemuTree) return "qemu";
  if (isPowerPartition) return "powervm";
  if (/^VM\d\d Control Program:\s+KVM/m.test(mainframe)) return "kvm";
  return /^VM\d\d Control Program:\s+z\/VM/m.test(mainframe) ? "zvm" : undefined;
}

function unnamed({
  hypervisorFlag,
  virtualFirmware,
  isDummyTree,
  treeHypervisor,
}: MachineSigns): string | undefined {
  const isVirtual = hypervisorFlag ?? (virtualFirmware || isDummyTree || treeHypervisor !== undefined);
  return isVirtual ? "vm-other" : undefined;
}

const paths = {
  hypervisor: "/sys/hypervisor",
  xenCapabilities: "/proc/xen/capabilities",
  acpiTables: "/sys/firmware/acpi/tables",
  clocks: "/sys/devices/system/clocksource/clocksource0/available_clocksource",
  mainframe: "/proc/sysinfo",
} as const;

export const machineSources: readonly string[] = Object.values(paths);

export function readSigns(
  look: Look,
  { dmi, structures, cpuinfo }: { dmi: DmiTexts; structures: readonly SmbiosStructure[]; cpuinfo: Cpuinfo },
): MachineSigns {
  const cpu = cpuinfo.cpus[0];
  const compatible = treeTexts(look, "compatible");
  const treeNames = look.names(deviceTree);
  return present({
    dmi,
    hypervisorFlag:
      cpu?.value("cpu family") === undefined ? undefined : hasFlag(cpu.value("flags"), "hypervisor"),
    virtualFirmware: virtualFirmware(structures),
    acpi: acpiMakerOf(look),
    clocks: look.text(paths.clocks),
    hypervisor: look.text(`${paths.hypervisor}/type`)?.trim(),
    isXenHost: isXenHost(look),
    treeHypervisor: treeTexts(look, "hypervisor/compatible")[0],
    isQemuTree:
      treeNames.some((name) => name.includes("fw-cfg")) ||
      compatible.includes("qemu,pseries") ||
      cpuinfo.common("model")?.includes("emulated by qemu"),
    isDummyTree: compatible.includes("linux,dummy-virt"),
    isPowerPartition: treeNames.includes("ibm,partition-name") && treeNames.includes("hmc-managed?"),
    mainframe: look.text(paths.mainframe),
    isUserMode: cpu?.value("vendor_id") === "User Mode Linux",
  });
}

function hasFlag(flags: string | undefined, flag: string): boolean | undefined {
  return flags?.split(" ").includes(flag);
}

/** Bit 4 of the second extension byte of the BIOS characteristics. */
function virtualFirmware(structures: readonly SmbiosStructure[]): boolean | undefined {
  const bios = structures.find(({ type }) => type === 0);
  const extension = bios && byteAt(bios, 0x13);
  return extension === undefined ? undefined : (extension & 0x10) !== 0;
}

/** OEMID of the table header (ACPI specification, 5.2.6), the same in every table of a machine. */
function acpiMakerOf(look: Look): string | undefined {
  const header = look.bytes(`${paths.acpiTables}/FACP`) ?? look.bytes(`${paths.acpiTables}/APIC`);
  return header && clean(Buffer.from(header.subarray(10, 16)).toString("latin1"));
}

/** XENFEAT_dom0 among the features, or the control domain's capability. */
function isXenHost(look: Look): boolean {
  const features = Number.parseInt(look.text(`${paths.hypervisor}/properties/features`) ?? "", 16);
  if (!Number.isNaN(features)) return (features & (1 << 11)) !== 0;
  return look.text(paths.xenCapabilities)?.includes("control_d") ?? false;
}
