// Virtual machines that are set up on this one, from the files of libvirt and Proxmox VE.
import fc from "fast-check";
import t from "tap";
import { parseDomain } from "../linux/libvirt.ts";
import { parseGuest } from "../linux/proxmox.ts";
import { collected } from "../testing/collected.ts";

const section = "virtual-machines";
const uuid = "2fe7ed89-bafa-4c28-b209-38288aeb803d";
const GiB = 2 ** 30;

/** As virsh define leaves it. */
const domain = `<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh edit web
-->

<domain type='kvm' id='3'>
  <name>R&amp;D web</name>
  <uuid>${uuid.toUpperCase()}</uuid>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>4194304</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static' current='2'>4</vcpu>
  <devices>
    <disk type='file' device='disk'><source file='/srv/secret.qcow2'/></disk>
  </devices>
</domain>
`;

t.test("tells the machines of libvirt and of Proxmox VE", async (t) => {
  const found = await collected(t, section, {
    "/etc/libvirt/qemu/web.xml": domain,
    "/etc/libvirt/qemu/autostart/web.xml": { link: "/etc/libvirt/qemu/web.xml" },
    "/etc/libvirt/qemu/networks/default.xml": "<network><name>default</name></network>",
    "/etc/libvirt/qemu/broken.xml": "<domain type='kvm'><name>",
    "/etc/libvirt/libxl/old.xml":
      "<domain type='xen'><name>old</name><memory>1024</memory><vcpu>1</vcpu></domain>",
    "/etc/pve/nodes/pve/qemu-server/101.conf": [
      "#description: name%3A none",
      "cores: 4",
      "memory: 3072",
      "name: ubuntu-files",
      "onboot: 1",
      "ostype: l26",
      `smbios1: uuid=${uuid}`,
      "sockets: 2",
      "",
      "[before-upgrade]",
      "name: older",
      "cores: 1",
    ].join("\n"),
    "/etc/pve/nodes/pve/qemu-server/102.conf": "name: twin\nmemory: current=2048,max=4096\n",
    "/etc/pve/nodes/pve/qemu-server/103.conf": "name: twin\n",
    "/etc/pve/nodes/pve/qemu-server/900.conf": "name: debian-12\ntemplate: 1\n",
    "/etc/pve/qemu-server": { link: "nodes/pve/qemu-server" },
  });
  t.same(found, {
    status: "ok",
    document: {
      machines: [
        {
          manager: "libvirt",
          name: "R&D web",
          type: "kvm",
          uuid,
          system: "debian 12",
          memory: 4 * GiB,
          cpus: 4,
          autostart: true,
        },
        { manager: "libvirt", name: "old", type: "xen", memory: 2 ** 20, cpus: 1, autostart: false },
        { manager: "proxmox", name: "twin (102)", type: "kvm", memory: 2 * GiB, autostart: false },
        { manager: "proxmox", name: "twin (103)", type: "kvm", autostart: false },
        {
          manager: "proxmox",
          name: "ubuntu-files",
          type: "kvm",
          uuid,
          system: "l26",
          memory: 3 * GiB,
          cpus: 8,
          autostart: true,
        },
      ],
    },
    readings: {},
    diagnostics: [],
  });
});

t.test("has nothing to tell where none is set up", async (t) => {
  t.match(await collected(t, section, { "/etc/libvirt/qemu/networks": "folder" }), { status: "none" });
});

t.test(
  "says so when it may not look",
  { skip: process.getuid?.() === 0 && "nothing is refused to root" },
  async (t) => {
    const root = t.testdir({ etc: { libvirt: { qemu: {} } } });
    const { chmodSync } = await import("node:fs");
    chmodSync(`${root}/etc/libvirt/qemu`, 0);
    t.match(await collected(t, section, root), { status: "denied" });
    chmodSync(`${root}/etc/libvirt/qemu`, 0o700);
  },
);

t.test("reads any unit of memory, and none that it does not know", async (t) => {
  const memory = (element: string) =>
    parseDomain(`<domain type='kvm'><name>a</name>${element}</domain>`)?.memory;
  t.equal(memory("<memory unit='GiB'>2</memory>"), 2 * GiB);
  t.equal(memory("<memory unit='MB' dumpCore='off'>500</memory>"), 500_000_000);
  t.equal(memory("<memory>2048</memory>"), 2 ** 21);
  t.equal(memory("<memory unit='apples'>2</memory>"), undefined);
  t.equal(memory("<currentMemory unit='KiB'>2</currentMemory>"), undefined);
});

t.test("makes something of any text, or nothing", async () => {
  const piece = fc.constantFrom(
    "<domain type='kvm'",
    ">",
    "<name>",
    "</name>",
    "a",
    "&amp;",
    "<memory",
    "name: x\n",
    "[",
  );
  const texts = fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      parseDomain(text);
      parseGuest(text);
    }),
    { numRuns: 200 },
  );
});
