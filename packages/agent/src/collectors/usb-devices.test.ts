// Section `usb-devices`: what is plugged in, and no number by which a person can be followed.
import fc from "fast-check";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { record, withoutRecords } from "../testing/records.ts";
import { usbTree } from "../testing/usb-tree.ts";
import { isImei } from "./usb-devices.ts";

const webcam = usbTree("1-4.2", {
  product: "46d/825/12",
  type: "239/2/1",
  texts: { manufacturer: "Logitech", product: "Webcam  C270", serial: "5AF3B2C1", speed: "480" },
  interfaces: ["14/1/0 uvcvideo", "14/2/0 uvcvideo", "1/1/0 snd-usb-audio", "255/0/0 usbfs"],
});

t.test("tells a device in its own words", async (t) => {
  t.same((await collected(t, "usb-devices", webcam)).document, {
    devices: [
      {
        port: "1-4.2",
        classes: ["Audio", "Vendor Specific", "Video"],
        manufacturer: "Logitech",
        model: "Webcam C270",
        id: "046d:0825",
        serial: "5AF3B2C1",
        speed: 480,
        drivers: ["snd-usb-audio", "uvcvideo"],
      },
    ],
  });
});

const mouse = usbTree("2-1", { product: "e0f/3/102", texts: { speed: "1.5" }, interfaces: ["3/1/2 usbhid"] });

t.test("asks the list of ids, then udev, for what a device does not say", async (t) => {
  const named = (more: Record<string, string>) => collected(t, "usb-devices", { ...mouse, ...more });
  const ids = "0e0f  VMware, Inc.\n\t0003  Virtual Mouse\n";
  const udev = "E:ID_VENDOR_FROM_DATABASE=VMware\nE:ID_MODEL_FROM_DATABASE=Mouse\n";
  const item = { port: "2-1", classes: ["Human Interface Device"], id: "0e0f:0003", drivers: ["usbhid"] };
  t.same((await named({ "/usr/share/misc/usb.ids": ids, "/run/udev/data/c189:3": udev })).document, {
    devices: [{ ...item, manufacturer: "VMware, Inc.", model: "Virtual Mouse" }],
  });
  t.same((await named({ "/run/udev/data/c189:3": udev })).document, {
    devices: [{ ...item, manufacturer: "VMware", model: "Mouse" }],
  });
  t.same((await named({})).document, { devices: [item] });
});

t.test("leaves out hubs, and what does not say what it is", async (t) => {
  const found = await collected(t, "usb-devices", {
    ...usbTree("1-1", { product: "5e3/610/654", type: "9/0/2" }),
    ...usbTree("1-2", { product: "nonsense" }),
    "/sys/bus/usb/devices/usb1/uevent": "PRODUCT=1d6b/2/515\nTYPE=9/0/1\n",
  });
  t.match(found, { status: "none", diagnostics: [] });
});

t.test("reads no serial number that may be one of a mobile network", async (t) => {
  const serialOf = async (tree: ReturnType<typeof usbTree>) =>
    Reflect.get(Object((await collected(t, "usb-devices", tree)).document), "devices")[0].serial;
  const modem = (driver: string, serial: string) =>
    usbTree("1-3", { product: "1199/9079/6", texts: { serial }, interfaces: [`255/255/255 ${driver}`] });
  t.equal(await serialOf(modem("usb-storage", "ABC1234567890X")), "ABC1234567890X");
  t.equal(await serialOf(modem("qmi_wwan", "ABC1234567890X")), undefined);
  t.equal(await serialOf(modem("usb-storage", "490154203237518")), undefined, "an IMEI");
});

t.test("knows an IMEI by its check digit", async (t) => {
  t.same(["490154203237518", "490154203237519", "49015420323751", "", "4901542032375180"].map(isImei), [
    true,
    false,
    false,
    false,
    false,
  ]);
});

t.test("names classes as lsusb does", { skip: withoutRecords }, async (t) => {
  // Which class lsusb -t calls so, and what it says.
  const codes = { Communications: 2, "CDC Data": 10, "Human Interface Device": 3 };
  const said = [
    ...record("lsusb/lsusb-t.txt")
      .toString()
      .matchAll(/If \d+, Class=([^,]+)/g),
  ].map(([, name]) => name);
  for (const [name, code] of Object.entries(codes)) {
    t.ok(said.includes(name));
    const tree = usbTree("1-3", { product: "1/1/1", interfaces: [`${code}/0/0`] });
    t.match(await collected(t, "usb-devices", tree), { document: { devices: [{ classes: [name] }] } });
  }
});

t.test("passes its definition whatever the files hold", async () => {
  const path = fc.constantFrom(
    "uevent",
    "idVendor",
    "idProduct",
    "manufacturer",
    "product",
    "serial",
    "speed",
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom("PRODUCT=1/2/3\n", "0001", "480"),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 5 }), async (files) => {
      const tree = Object.entries(files).map(([name, text]) => [`/sys/bus/usb/devices/1-1/${name}`, text]);
      const { status } = await collected(t, "usb-devices", Object.fromEntries(tree));
      return status === "ok" || status === "none";
    }),
    { numRuns: 50 },
  );
});
