// Section `system`: which machine it is, and in what it runs.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { collected, machineTree } from "../testing/collected.ts";
import { smbiosTable, structure } from "../testing/smbios-table.ts";

const dmi = "/sys/class/dmi/id";
const intel = (flags: string) =>
  `processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nflags : ${flags}\n`;
const notebook = {
  [`${dmi}/sys_vendor`]: "Framework\n",
  [`${dmi}/product_name`]: "Laptop 13 (AMD Ryzen 7040Series)\n",
  [`${dmi}/product_serial`]: "FRANDGCPA1\n",
  [`${dmi}/chassis_type`]: "10\n",
  "/proc/cpuinfo": intel("fpu lm"),
};

t.test("tells a bare machine, and no virtualization", async (t) => {
  const found = await collected(t, "system", notebook);
  t.match(found, { status: "ok", diagnostics: [] });
  t.same(found.document, {
    manufacturer: "Framework",
    model: "Laptop 13 (AMD Ryzen 7040Series)",
    serial: "FRANDGCPA1",
    chassis: { type: "notebook" },
  });
});

t.test("reads texts that are no UTF-8", async (t) => {
  const found = await collected(t, "system", {
    [`${dmi}/sys_vendor`]: Buffer.from([0x4d, 0xfc, 0x6c, 0x0a]),
  });
  t.same(found.document, { manufacturer: "Mül" });
});

t.test("takes the firmware's table where the kernel shows no identity", async (t) => {
  const table = smbiosTable(
    structure({ type: 1, length: 0x1b, fields: { 4: 1, 5: 2 }, strings: ["Maker", "Box 1"] }),
    structure({ type: 3, length: 0x0d, fields: { 5: 35 } }),
  );
  const tables = { "/sys/firmware/dmi/tables/DMI": table };
  t.same((await collected(t, "system", tables)).document, {
    manufacturer: "Maker",
    model: "Box 1",
    chassis: { type: "mini PC" },
  });
  t.match((await collected(t, "system", { ...tables, ...notebook })).document, { manufacturer: "Framework" });
});

const tree = "/sys/firmware/devicetree/base";

t.test("names boards by their device tree", async (t) => {
  const board = {
    [`${tree}/model`]: "Raspberry Pi 4 Model B Rev 1.4\0",
    [`${tree}/compatible`]: "raspberrypi,4-model-b\0brcm,bcm2711\0",
    [`${tree}/serial-number`]: "10000000a1b2c3d4\0",
  };
  t.same((await collected(t, "system", board)).document, {
    manufacturer: "Raspberry Pi",
    model: "Raspberry Pi 4 Model B Rev 1.4",
    serial: "10000000a1b2c3d4",
  });
  const hidden =
    "processor\t: 0\n\nSerial\t\t: 00000000a1b2c3d4\nModel\t\t: Raspberry Pi 3 Model B Plus Rev 1.3\n";
  t.same((await collected(t, "system", { "/proc/cpuinfo": hidden })).document, {
    model: "Raspberry Pi 3 Model B Plus Rev 1.3",
    serial: "00000000a1b2c3d4",
  });
  const virtual = { [`${tree}/compatible`]: "linux,dummy-virt\0", [`${tree}/model`]: "linux,dummy-virt\0" };
  t.same((await collected(t, "system", { ...virtual, [`${tree}/fw-cfg@9020000`]: "folder" })).document, {
    virtualization: "qemu",
  });
});

t.test("takes a micro-VM booted from a container's image for what it is", async (t) => {
  const acpi = Buffer.from("FACP\x14\x01\0\0\x066FIRECKFCVMFADT", "latin1");
  const found = await collected(t, "system", {
    "/.dockerenv": "",
    "/proc/1/cgroup": "1:cpu:/\n0::/\n",
    "/proc/2/comm": "kthreadd\n",
    "/proc/cpuinfo": intel("fpu lm hypervisor"),
    "/sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc kvm-clock \n",
    "/sys/firmware/acpi/tables/FACP": acpi,
  });
  t.same(found, { status: "ok", document: { virtualization: "firecracker" }, diagnostics: [], readings: {} });
});

t.test("tells the container rather than the machine below it", async (t) => {
  const found = await collected(t, "system", {
    [`${dmi}/sys_vendor`]: "Amazon EC2\n",
    "/proc/cpuinfo": intel("fpu lm hypervisor"),
    "/proc/1/cgroup": "1:cpu:/docker/0123456789abcdef\n",
  });
  t.same(found.document, {
    manufacturer: "Amazon EC2",
    virtualization: "docker",
    cloud: { provider: "aws" },
  });
});

t.test("says none where nothing tells anything", async (t) => {
  t.match(await collected(t, "system", {}), { status: "none", diagnostics: [] });
  t.match(await collected(t, "system", { "/proc/cpuinfo": intel("fpu lm"), "/.dockerenv": "" }), {
    status: "none",
  });
});

t.test(
  "keeps the rest when serial numbers are root's alone",
  { skip: process.getuid?.() === 0 ? "nothing is refused to root" : false },
  async (t) => {
    const root = machineTree(t, notebook);
    chmodSync(join(root, dmi, "product_serial"), 0);
    const found = await collected(t, "system", root);
    t.match(found, { status: "ok", diagnostics: [/product_serial: not permitted/] });
    t.match(found.document, { manufacturer: "Framework", serial: undefined });
  },
);

t.test("passes its definition whatever the files hold", async () => {
  const path = fc.constantFrom(
    ...["sys_vendor", "product_name", "product_uuid", "product_serial", "chassis_type"].map(
      (name) => `${dmi}/${name}`,
    ),
    ...["model", "compatible", "hypervisor/compatible"].map((name) => `${tree}/${name}`),
    "/sys/firmware/dmi/tables/DMI",
    "/sys/firmware/acpi/tables/FACP",
    "/sys/hypervisor/properties/features",
    "/proc/cpuinfo",
    "/proc/1/cgroup",
    "/proc/self/mountinfo",
    "/run/systemd/container",
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom("QEMU", "linux,kvm\0", "lxc", "\0"),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 8 }), async (files) => {
      const { status } = await collected(t, "system", files);
      return status === "ok" || status === "none";
    }),
    { numRuns: 100 },
  );
});
