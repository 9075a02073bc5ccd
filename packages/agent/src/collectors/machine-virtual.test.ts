// Virtual machines of every large hypervisor, recorded or made up after such, their documents checked by hand.
import t from "tap";
import type { Tree } from "../testing/collected.ts";
import {
  dmiFiles,
  dumpedMachine,
  GiB,
  guestCpu,
  inventory,
  printedMachine,
  withoutIds,
} from "../testing/machines.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { memoryDevice, smbiosTable } from "../testing/smbios-table.ts";

const sections = ["system", "firmware", "memory"] as const;

const memoryMap: Tree = { "/sys/firmware/memmap/0/type": "System RAM\n" };

t.test("VMware, whose table has 128 slots", { skip: withoutRecords }, async (t) => {
  const machine = { ...printedMachine("vm-vmware-fedora32"), ...memoryMap, "/proc/cpuinfo": guestCpu };
  const board = { manufacturer: "Intel Corporation", model: "440BX Desktop Reference Platform" };
  const system = {
    manufacturer: "VMware, Inc.",
    model: "VMware Virtual Platform",
    board,
    virtualization: "vmware",
  };
  const firmware = { vendor: "Phoenix Technologies LTD", version: "6.00", release: "4.6" };
  t.same(withoutIds(await inventory(t, machine, sections)), {
    system,
    firmware: { ...firmware, date: "2018-04-13", mode: "bios" },
    memory: {
      slots: 64,
      errorCorrection: "none",
      modules: [{ slot: "RAM slot #0", size: 4 * GiB, type: "DRAM" }],
    },
  });
  t.same(withoutIds(await inventory(t, dumpedMachine("VMWare"), sections)), {
    system,
    firmware: { ...firmware, date: "2017-05-19" },
    memory: {
      slots: 64,
      errorCorrection: "none",
      modules: [{ slot: "RAM slot #0", size: GiB, type: "DRAM" }],
    },
  });
});

t.test("VirtualBox, whose UUID stands in the order of older tables", { skip: withoutRecords }, async (t) => {
  const machine = { ...printedMachine("vm-virtualbox"), ...memoryMap };
  const found = await inventory(t, machine, sections);
  t.same(withoutIds(found), {
    system: {
      manufacturer: "innotek GmbH",
      model: "VirtualBox",
      family: "Virtual Machine",
      board: { manufacturer: "Oracle Corporation", model: "VirtualBox" },
      virtualization: "oracle",
    },
    firmware: { vendor: "innotek GmbH", version: "VirtualBox", date: "2006-12-01", mode: "bios" },
    memory: undefined,
  });
  const [, uuid] = /UUID: (\S+)/.exec(record("dmi/vm-virtualbox.txt").toString()) ?? [];
  t.equal(Object(found.system).uuid, uuid?.toLowerCase());
});

t.test("KVM of Red Hat", { skip: withoutRecords }, async (t) => {
  t.same(withoutIds(await inventory(t, { ...printedMachine("desktop-kvm"), ...memoryMap }, sections)), {
    system: {
      manufacturer: "Red Hat",
      model: "KVM",
      sku: "9.4.0",
      family: "Red Hat Enterprise Linux",
      board: { manufacturer: "Red Hat", model: "RHEL" },
      virtualization: "kvm",
    },
    firmware: { vendor: "SeaBIOS", version: "1.16.3-2.el9", date: "2014-04-01", mode: "bios" },
    memory: {
      slots: 1,
      errorCorrection: "multi-bit ECC",
      modules: [{ slot: "DIMM 0", size: 4 * GiB, type: "RAM", manufacturer: "Red Hat" }],
    },
  });
});

t.test("Hyper-V of the second generation", async (t) => {
  const machine = {
    ...dmiFiles({
      sys_vendor: "Microsoft Corporation",
      product_name: "Virtual Machine",
      product_version: "Hyper-V UEFI Release v4.1",
      product_family: "Virtual Machine",
      product_sku: "None",
      product_serial: "5432-1098-7654-3210-9876-5432-10",
      product_uuid: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
      board_vendor: "Microsoft Corporation",
      board_name: "Virtual Machine",
      chassis_vendor: "Microsoft Corporation",
      chassis_type: "3",
      chassis_asset_tag: "5432-1098-7654-3210-9876-5432-10",
      bios_vendor: "Microsoft Corporation",
      bios_version: "Hyper-V UEFI Release v4.1",
      bios_date: "05/13/2024",
      bios_release: "4.1",
    }),
    "/sys/firmware/dmi/tables/DMI": smbiosTable(
      memoryDevice({
        size: 3_968,
        locator: "M0001",
        bank: "None",
        memoryType: 2,
        texts: ["Microsoft Corporation", "None", "None"],
      }),
    ),
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c": new Uint8Array([
      6, 0, 0, 0, 1,
    ]),
    "/sys/class/tpm/tpm0/tpm_version_major": "2\n",
    "/proc/cpuinfo": guestCpu,
    "/proc/meminfo": "MemTotal:        3948300 kB\n",
  };
  t.same(await inventory(t, machine, [...sections, "processor"]), {
    system: {
      manufacturer: "Microsoft Corporation",
      model: "Virtual Machine",
      family: "Virtual Machine",
      serial: "5432-1098-7654-3210-9876-5432-10",
      uuid: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
      board: { manufacturer: "Microsoft Corporation", model: "Virtual Machine" },
      chassis: { type: "desktop", assetTag: "5432-1098-7654-3210-9876-5432-10" },
      virtualization: "microsoft",
    },
    firmware: {
      vendor: "Microsoft Corporation",
      version: "Hyper-V UEFI Release v4.1",
      release: "4.1",
      date: "2024-05-13",
      mode: "uefi",
      secureBoot: true,
      tpm: { version: "2.0" },
    },
    memory: {
      total: 3_948_300 * 1_024,
      modules: [{ slot: "M0001", size: 3_968 * 2 ** 20, manufacturer: "Microsoft Corporation" }],
    },
    processor: {
      processors: [
        {
          socket: "0",
          manufacturer: "Intel",
          model: "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz",
          cores: 1,
          threads: 1,
        },
      ],
      cores: 1,
      threads: 1,
      architecture: "x86_64",
      flags: ["aes", "avx", "hypervisor", "lm", "nx", "sse4_2"],
    },
  });
});

t.test("a guest of Xen", async (t) => {
  const machine = {
    ...dmiFiles({
      sys_vendor: "Xen",
      product_name: "HVM domU",
      product_version: "4.17",
      product_serial: "b5a4c3d2-e1f0-4a5b-8c6d-7e8f9a0b1c2d",
      product_uuid: "b5a4c3d2-e1f0-4a5b-8c6d-7e8f9a0b1c2d",
      chassis_vendor: "Xen",
      chassis_type: "1",
      bios_vendor: "Xen",
      bios_version: "4.17",
      bios_date: "12/12/2022",
      bios_release: "4.17",
    }),
    "/sys/hypervisor/type": "xen\n",
    "/sys/hypervisor/properties/features": "00002705\n",
    "/proc/cpuinfo": guestCpu,
  };
  t.same(await inventory(t, machine, sections), {
    system: {
      manufacturer: "Xen",
      model: "HVM domU",
      serial: "b5a4c3d2-e1f0-4a5b-8c6d-7e8f9a0b1c2d",
      uuid: "b5a4c3d2-e1f0-4a5b-8c6d-7e8f9a0b1c2d",
      virtualization: "xen",
    },
    firmware: { vendor: "Xen", version: "4.17", release: "4.17", date: "2022-12-12" },
    memory: undefined,
  });
});
