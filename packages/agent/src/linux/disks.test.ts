// What is a disk, and what it says of itself.
import fc from "fast-check";
import t from "tap";
import { type DiskSigns, diskOf, parseUdev } from "./disks.ts";

const disk = ({ entry, ...signs }: Partial<DiskSigns> & { readonly entry: string }) =>
  diskOf({ size: "1953525168\n", udev: new Map(), entry, ...signs });
const ata = "../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda";

t.test("tells everything of a disk", async (t) => {
  const udev = parseUdev(
    "S:disk/by-id/x\nE:ID_BUS=ata\nE:ID_ATA_SATA=1\nE:ID_MODEL_ENC=Samsung\\x20SSD\\x20860\\x20EVO\\x20500GB\\x20\\x20\nE:ID_SERIAL_SHORT=S3YZNB0K\n",
  );
  const signs = {
    entry: "sda",
    link: ata,
    rotational: "0\n",
    vendor: "ATA     \n",
    model: "Samsung SSD 860 \n",
  };
  t.same(disk({ ...signs, udev }), {
    name: "sda",
    model: "Samsung SSD 860 EVO 500GB",
    serial: "S3YZNB0K",
    size: 1_000_204_886_016,
    bus: "sata",
    rotational: false,
  });
  t.match(disk({ ...signs, host: "ahci" }), { model: "Samsung SSD 860", bus: "sata" });
  t.match(disk({ ...signs, host: "ata_piix" }), { bus: "ata" });
});

t.test("takes a disk without a model for one", async (t) => {
  const link = "../devices/pci0000:00/0000:00:02.0/virtio1/block/vda";
  t.same(disk({ entry: "vda", link, vendor: "0x1af4\n", rotational: "1\n", size: "536870912\n" }), {
    name: "vda",
    size: 274_877_906_944,
    bus: "virtio",
  });
  t.same(disk({ entry: "sdb", size: "0", removable: "0" }), { name: "sdb" }, "whose size it cannot tell");
});

t.test("takes nothing else for a disk", async (t) => {
  const virtual = (entry: string) => ({ entry, link: `../devices/virtual/block/${entry}` });
  const others = [
    ...["loop0", "ram0", "zram0", "dm-0", "md127", "zd0", "drbd0", "bcache0", "ublkb0"].map(virtual),
    { entry: "loop0" },
    { ...virtual("nbd0"), size: "0\n" },
    { entry: "sr0", size: "2097151\n", removable: "1\n" },
    { entry: "fd0", removable: "1\n" },
    { entry: "sdb", size: "0\n", removable: "1\n" },
    { entry: "mmcblk0boot0" },
    { entry: "mmcblk0rpmb" },
    { entry: "nvme0c0n1", hidden: "1\n" },
    { entry: "mtdblock3" },
  ];
  t.same(
    others.filter((signs) => disk(signs) !== undefined),
    [],
  );
  t.match(disk(virtual("nbd0")), { name: "nbd0", bus: "nbd" }, "a connected one");
  t.match(disk({ entry: "nvme0n1", link: "../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1" }), {
    bus: "nvme",
  });
  t.match(disk({ entry: "cciss!c0d0" }), { name: "cciss/c0d0" });
});

t.test("finds the serial number wherever it is", async (t) => {
  const page = (text: string, code = 0x80) =>
    Buffer.from(`\0${String.fromCharCode(code)}\0\x14${text}`, "latin1");
  const serial = (signs: Partial<DiskSigns>) => disk({ entry: "sda", ...signs })?.serial;
  t.equal(serial({ vpdSerial: page("      WD-WMC4N0E1234") }), "WD-WMC4N0E1234");
  t.equal(serial({ vpdSerial: page("WD-WMC4N0E1234", 0x83) }), undefined);
  t.equal(serial({ serial: "S4EVNX0M123456     \n" }), "S4EVNX0M123456");
  t.equal(
    serial({ vpdSerial: page("00000000000000000000"), serial: "0123456789ABCDEF", wwid: "naa.5000c500a" }),
    undefined,
  );
  t.equal(
    serial({ udev: parseUdev("E:ID_BUS=scsi\nE:ID_SERIAL_SHORT=35000c500\nE:ID_SCSI_SERIAL=Z1Z5DWJK\n") }),
    "Z1Z5DWJK",
  );
  t.equal(
    serial({ udev: parseUdev("E:ID_BUS=scsi\nE:ID_SERIAL_SHORT=35000c500\n") }),
    undefined,
    "a WWID is none",
  );
  const wwid = `t10.ATA     ${"ST3200820AS".padEnd(40)}${"5QE01234".padStart(20)}\n`;
  t.match(disk({ entry: "sda", vendor: "ATA", model: "ST3200820AS", wwid }), {
    model: "ST3200820AS",
    serial: "5QE01234",
  });
  const hex = (text: string) => Buffer.from(text).toString("hex");
  t.match(
    disk({
      entry: "nvme0n1",
      wwid: `nvme.1d0f-${hex("vol0f0f")}-${hex("Amazon Elastic Block Store")}-00000001`,
    }),
    {
      model: "Amazon Elastic Block Store",
      serial: "vol0f0f",
    },
  );
});

t.test("tells the bus by the path through the machine, else by the name", async (t) => {
  const paths = {
    "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sda": "usb",
    "pci0000:00/0000:00:06.0/0000:04:00.0/nvme/nvme0/nvme0n1": "nvme",
    "pci0000:00/0000:00:05.0/virtio2/host2/target2:0:0/2:0:0:0/block/sda": "virtio",
    "platform/soc/fe340000.mmc/mmc_host/mmc0/mmc0:0001/block/mmcblk0": "mmc",
    "vbd-51712/block/xvda": "xen",
    "pci0000:00/0000:01:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0/block/sda": "sas",
    "pci0000:00/0000:01:00.0/host0/rport-0:0-1/target0:0:0/0:0:0:0/block/sda": "fc",
    "platform/host9/session1/target9:0:0/9:0:0:0/block/sda": "iscsi",
    "platform/soc/1d84000.ufshc/host0/target0:0:0/0:0:0:0/block/sda": "ufs",
    "pci0000:00/0000:01:00.0/host0/target0:2:0/0:2:0:0/block/sda": "scsi",
    "pci0000:00/0000:00:1f.2/ata3/host2/target2:0:0/2:0:0:0/block/sda": "ata",
  };
  for (const [path, bus] of Object.entries(paths))
    t.equal(disk({ entry: "sda", link: `../devices/${path}` })?.bus, bus);
  const names = ["vda", "xvda", "mmcblk0", "nvme0n1", "pmem0", "dasda", "sda"];
  t.same(
    names.map((entry) => disk({ entry })?.bus),
    ["virtio", "xen", "mmc", "nvme", "nvdimm", "dasd", undefined],
  );
});

t.test("does not believe that a disk turns when nobody asked it", async (t) => {
  const turns = (signs: Partial<DiskSigns>) =>
    disk({ entry: "sda", rotational: "1\n", ...signs })?.rotational;
  t.equal(turns({ link: ata, model: "ST4000NM0043" }), true);
  t.equal(turns({ vendor: "SEAGATE" }), true);
  t.equal(turns({ link: ata, model: "QEMU HARDDISK" }), undefined);
  t.equal(turns({ vendor: "VMware, ", model: "Virtual disk" }), undefined);
  t.equal(turns({ link: "../devices/pci0000:00/usb1/1-1/host1/block/sda" }), undefined);
  t.equal(turns({ rotational: "0\n", link: "../devices/pci0000:00/usb1/1-1/host1/block/sda" }), false);
  t.equal(turns({ rotational: "maybe" }), undefined);
});

t.test("names the maker where SCSI does", async (t) => {
  t.match(disk({ entry: "sda", vendor: "SanDisk \n", model: "Ultra Fit       \n" }), {
    manufacturer: "SanDisk",
    model: "Ultra Fit",
  });
});

t.test("makes of any signs at most a disk with a name", async () => {
  const text = fc.option(fc.oneof(fc.string({ maxLength: 40 }), fc.constant("1")), { nil: undefined });
  const signs = fc.record({
    entry: fc.string({ minLength: 1, maxLength: 12 }),
    link: text,
    size: text,
    removable: text,
    vendor: text,
    model: text,
    wwid: text,
    vpdSerial: fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }),
    udev: fc.string({ maxLength: 80 }).map(parseUdev),
  });
  fc.assert(
    fc.property(signs, (some) => {
      const found = diskOf(some);
      return (
        found === undefined || Object.values(found).every((value) => value !== undefined && value !== "")
      );
    }),
    { numRuns: 300 },
  );
});
