// Disks and volumes of Macs, as the program prints them.
import t from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";

const facts = { platform: "darwin" } as const;
const part = (type: string, items: string) =>
  `<dict><key>_dataType</key><string>${type}</string><key>_items</key><array>${items}</array></dict>`;
const text = (key: string, value: string) => `<key>${key}</key><string>${value}</string>`;

const printed = `<plist version="1.0"><array>${part(
  "SPNVMeDataType",
  `<dict>${text("_name", "Apple SSD Controller")}<key>_items</key><array><dict>${text("_name", "APPLE SSD AP0512Z")}${text(
    "bsd_name",
    "disk0",
  )}${text("device_model", "APPLE SSD AP0512Z")}${text("device_serial", "0ba0123456789")}${text(
    "device_revision",
    "561.100",
  )}<key>size_in_bytes</key><integer>500277792768</integer></dict></array></dict>`,
)}${part(
  "SPStorageDataType",
  ["/", "/System/Volumes/Data", "/Volumes/Ada's stick"]
    .map(
      (mount, index) =>
        `<dict>${text("mount_point", mount)}${text("bsd_name", `disk3s${index}`)}${text("file_system", "APFS")}<key>size_in_bytes</key><integer>494384795648</integer><key>free_space_in_bytes</key><integer>${1_000 + index}</integer></dict>`,
    )
    .join(""),
)}</array></plist>`;

t.test("tells disks by their controllers, and the volumes that name nobody", async (t) => {
  const { document, readings } = await collected(t, "storage", {}, { facts, recorded: () => printed });
  t.same(document, {
    disks: [
      {
        name: "disk0",
        model: "APPLE SSD AP0512Z",
        serial: "0ba0123456789",
        size: 500_277_792_768,
        bus: "nvme",
        rotational: false,
        firmware: "561.100",
      },
    ],
    filesystems: [
      { mount: "/", type: "APFS", device: "disk3s0", size: 494_384_795_648 },
      { mount: "/System/Volumes/Data", type: "APFS", device: "disk3s1", size: 494_384_795_648 },
    ],
  });
  t.same(readings, { "/": { free: 1_000 }, "/System/Volumes/Data": { free: 1_001 } });
});

t.test("tells the encrypted volume of the record", { skip: withoutRecords }, async (t) => {
  const recorded = () => record("macos/ohai-system_profiler-storage.plist").toString();
  const { document } = await collected(t, "storage", {}, { facts, recorded });
  t.same(document, {
    filesystems: [
      {
        mount: "/",
        type: "Journaled HFS+",
        device: "disk1",
        size: 249_661_751_296,
        encrypted: true,
        encryption: "AES-XTS",
      },
    ],
  });
});
