// Which hypervisor it is, where single signs mislead.
import t from "tap";
import { openLook } from "../collecting/look.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { smbiosTable, structure } from "../testing/smbios-table.ts";
import { parseCpuinfo } from "./cpuinfo.ts";
import { deviceTree } from "./device-tree.ts";
import { parseSmbios } from "./smbios.ts";
import { type MachineSigns, machineSources, readSigns, virtualMachineOf } from "./virtual-machines.ts";

const machine = (signs: Partial<MachineSigns>) => virtualMachineOf({ dmi: {}, ...signs });
const brand = (sys_vendor: string, product_name: string, more: Partial<MachineSigns> = {}) =>
  machine({ dmi: { sys_vendor, product_name }, ...more });

t.test("is silent on bare machines, whoever made them", async (t) => {
  const bare = { hypervisorFlag: false, clocks: "tsc hpet acpi_pm " };
  t.equal(machine(bare), undefined);
  t.equal(
    machine({ ...bare, virtualFirmware: true }),
    undefined,
    "the processor knows better than the firmware",
  );
  t.equal(machine({}), undefined);
  const makers = [
    ["Microsoft Corporation", "Surface Laptop"],
    ["Oracle Corporation", "SUN SERVER X4-2"],
    ["Google", "Voema"],
    ["Red Hat", "Rack 1"],
    ["Apple Inc.", "MacBookPro12,1"],
    ["Xenon Systems", "Virtual Machines Box"],
    ["Amazon EC2", "c5.metal"],
    ["Google", "Google Compute Engine"],
  ] as const;
  for (const [vendor, product] of makers) t.equal(brand(vendor, product, bare), undefined, product);
  t.equal(brand("Amazon EC2", "m7g.metal-24xl"), undefined, "on ARM there is no flag");
  t.equal(brand("Dell Inc.", "PowerEdge R740", { isXenHost: true, hypervisor: "xen" }), undefined);
});

t.test("knows hypervisors by the firmware that they give", async (t) => {
  const made = [
    ["VMware, Inc.", "VMware Virtual Platform", "vmware"],
    ["VMware, Inc.", "VMware7,1", "vmware"],
    ["innotek GmbH", "VirtualBox", "oracle"],
    ["Microsoft Corporation", "Virtual Machine", "microsoft"],
    ["Xen", "HVM domU", "xen"],
    ["Amazon EC2", "t4g.micro", "amazon"],
    ["Google", "Google Compute Engine", "google"],
    ["Parallels International GmbH.", "Parallels ARM Virtual Machine", "parallels"],
    ["", "BHYVE", "bhyve"],
    ["Apple Inc.", "Apple Virtualization Generic Platform", "apple"],
    ["Red Hat", "KVM", "kvm"],
    ["OpenStack Foundation", "OpenStack Nova", "kvm"],
    ["Bochs", "Bochs", "bochs"],
    ["QEMU", "Standard PC (Q35 + ICH9, 2009)", "qemu"],
  ] as const;
  t.same(
    made.map(([vendor, product]) => brand(vendor, product)),
    made.map(([, , name]) => name),
  );
  t.equal(machine({ dmi: { bios_vendor: "innotek GmbH" } }), "oracle");
});

t.test("tells KVM and Xen from QEMU and Bochs, whose firmware they borrow", async (t) => {
  t.equal(brand("QEMU", "Standard PC", { hypervisorFlag: true, clocks: "kvm-clock tsc acpi_pm \n" }), "kvm");
  t.equal(brand("QEMU", "Standard PC", { hypervisorFlag: true, clocks: "tsc acpi_pm \n" }), "qemu");
  t.equal(brand("Bochs", "Bochs", { hypervisor: "xen" }), "xen");
  t.equal(brand("QEMU", "KVM Virtual Machine", { treeHypervisor: "linux,kvm" }), "kvm");
});

t.test("knows machines without firmware by what else they show", async (t) => {
  const guest = { hypervisorFlag: true, clocks: "tsc kvm-clock " };
  t.equal(machine(guest), "kvm");
  t.equal(machine({ ...guest, acpi: "FIRECK" }), "firecracker");
  t.equal(machine({ hypervisorFlag: true, acpi: "VRTUAL" }), "microsoft");
  t.equal(machine({ hypervisorFlag: true, clocks: "hyperv_clocksource_tsc_page acpi_pm" }), "microsoft");
  t.equal(machine({ clocks: "xen tsc" }), "xen");
  t.equal(machine({ hypervisor: "xen", isXenHost: false }), "xen");
  t.equal(machine({ hypervisorFlag: true, clocks: "tsc" }), "vm-other");
  t.equal(machine({ virtualFirmware: true }), "vm-other");
  t.equal(machine({ isDummyTree: true }), "vm-other");
  t.equal(machine({ isDummyTree: true, isQemuTree: true }), "qemu");
  t.equal(machine({ treeHypervisor: "xen,xen-4.17" }), "xen");
  t.equal(machine({ treeHypervisor: "unheard,of" }), "vm-other");
  t.equal(machine({ isPowerPartition: true }), "powervm");
  t.equal(machine({ mainframe: "Manufacturer: IBM\nVM00 Control Program: z/VM    6.4.0\n" }), "zvm");
  t.equal(machine({ mainframe: "VM00 Control Program: KVM/Linux\n" }), "kvm");
  t.equal(machine({ mainframe: "Manufacturer: IBM\nLPAR Name: A\n" }), undefined);
  t.equal(machine({ isUserMode: true }), "uml");
});

t.test("reads every sign from its file", async (t) => {
  const found = (tree: Tree) => {
    const look = openLook({ root: machineTree(t, tree), reads: [...machineSources, deviceTree] });
    return virtualMachineOf(readSigns(look, { dmi: {}, structures: [], cpuinfo: parseCpuinfo("") }));
  };
  const clocks = "/sys/devices/system/clocksource/clocksource0/available_clocksource";
  const xen = { "/sys/hypervisor/type": "xen\n" };
  t.equal(found({ [clocks]: "kvm-clock tsc\n" }), "kvm");
  t.equal(found(xen), "xen");
  t.equal(found({ ...xen, "/sys/hypervisor/properties/features": "00000705\n" }), "xen");
  t.equal(found({ ...xen, "/sys/hypervisor/properties/features": "00000f05\n" }), undefined);
  t.equal(found({ ...xen, "/proc/xen/capabilities": "control_d\n" }), undefined);
  t.equal(found({ [`${deviceTree}/hypervisor/compatible`]: "linux,kvm\0" }), "kvm");
  t.equal(found({ [`${deviceTree}/compatible`]: "qemu,pseries\0" }), "qemu");
  t.equal(
    found({ [`${deviceTree}/ibm,partition-name`]: "a", [`${deviceTree}/hmc-managed?`]: "1" }),
    "powervm",
  );
  t.equal(found({ "/proc/sysinfo": "VM00 Control Program: z/VM    7.3.0\n" }), "zvm");
  t.equal(found({ "/sys/firmware/acpi/tables/APIC": "APIC......VBOX  " }), "oracle");
  t.equal(found({}), undefined);
});

t.test("believes the firmware that it is virtual", async (t) => {
  const look = openLook({ root: machineTree(t, {}), reads: [...machineSources, deviceTree] });
  const signs = (extension: number) => {
    const bios = structure({ type: 0, length: 0x18, fields: { 19: extension } });
    return readSigns(look, {
      dmi: {},
      structures: parseSmbios(smbiosTable(bios)),
      cpuinfo: parseCpuinfo(""),
    });
  };
  t.same(
    [0x1c, 0x0f].map((extension) => signs(extension).virtualFirmware),
    [true, false],
  );
});

t.test("tells real virtual machines from real machines", { skip: withoutRecords }, async (t) => {
  const printed = (name: string) => {
    const text = record(`dmi/${name}.txt`).toString();
    const block = text.split("\n\n").find((each) => each.includes("\nSystem Information\n")) ?? "";
    const line = (label: string) => new RegExp(`^\\t${label}: (.*)$`, "m").exec(block)?.[1];
    return machine({ dmi: { sys_vendor: line("Manufacturer"), product_name: line("Product Name") } });
  };
  const virtual = {
    "vm-virtualbox": "oracle",
    "vm-vmware-facter": "vmware",
    "vm-vmware-fedora32": "vmware",
    "desktop-kvm": "kvm",
    "desktop-bochs": "bochs",
  };
  for (const [name, hypervisor] of Object.entries(virtual)) t.equal(printed(name), hypervisor, name);
  for (const name of [
    "tablet-surface-laptop",
    "notebook-google-voema",
    "notebook-apple-mbp12",
    "server-hp-dl360-gen9",
  ])
    t.equal(printed(name), undefined, name);
});
