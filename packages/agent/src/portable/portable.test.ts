// What Node and systeminformation tell of Macs and Windows, made into documents; answers shaped after real ones.
import { platform } from "node:os";
import { sectionNamed } from "@rollcall/protocol";
import t from "tap";
import { collected } from "../testing/collected.ts";
import { interfacesOf } from "./interfaces.ts";
import { adaptersOf, batteryOf, cardsOf, displaysOf, printersOf, usbDevicesOf } from "./peripherals.ts";

const controller = { vendor: "Apple", model: "Apple M2 Pro", bus: "Built-In", vram: 0, vramDynamic: true };
const display = {
  vendor: "DEL",
  vendorId: "10ac",
  model: "DELL U2720Q",
  productionYear: 2021,
  serial: "ABC123",
  deviceName: null,
  displayId: null,
  main: true,
  builtin: false,
  connection: "DisplayPort",
  sizeX: 600,
  sizeY: 340,
  pixelDepth: 32,
  resolutionX: 3840,
  resolutionY: 2160,
  currentResX: 3840,
  currentResY: 2160,
  positionX: 0,
  positionY: 0,
  currentRefreshRate: 60,
};
const bare = {
  ...display,
  connection: "",
  serial: "",
  productionYear: null,
  sizeX: 0,
  sizeY: -1,
  vendor: "",
};

t.test("tells adapters and displays", async (t) => {
  const discrete = {
    ...controller,
    vendor: "NVIDIA",
    model: "GeForce RTX 3060",
    vramDynamic: false,
    vram: 12_288,
    busAddress: "01:00.0",
  };
  t.same(adaptersOf({ controllers: [controller, discrete], displays: [] }), [
    { slot: "0", manufacturer: "Apple", model: "Apple M2 Pro" },
    { slot: "01:00.0", manufacturer: "NVIDIA", model: "GeForce RTX 3060", memory: 12 * 2 ** 30 },
  ]);
  t.same(displaysOf({ controllers: [], displays: [display, bare] }), [
    {
      connector: "DisplayPort 0",
      manufacturer: "DEL",
      model: "DELL U2720Q",
      serial: "ABC123",
      year: 2021,
      widthMillimetres: 600,
      heightMillimetres: 340,
    },
    { connector: "1", model: "DELL U2720Q" },
  ]);
});

const battery = {
  hasBattery: true,
  cycleCount: 201,
  isCharging: false,
  voltage: 12.788,
  designedCapacity: 50_000,
  maxCapacity: 45_500,
  currentCapacity: 45_000,
  capacityUnit: "mWh",
  percent: 99,
  timeRemaining: -1,
  acConnected: true,
  type: "Li-ion",
  model: "bq20z451",
  manufacturer: "SMP",
  serial: "D123",
};

t.test("tells batteries in the unit that they are told in", async (t) => {
  const named = {
    name: "0",
    manufacturer: "SMP",
    model: "bq20z451",
    serial: "D123",
    technology: "Li-ion",
    cycles: 201,
  };
  t.same(batteryOf(battery, 0), {
    ...named,
    designMilliwattHours: 50_000,
    fullMilliwattHours: 45_500,
    wearPercent: 9,
  });
  t.same(batteryOf({ ...battery, capacityUnit: "mAh", designedCapacity: 0 }, 0), {
    ...named,
    fullMilliampereHours: 45_500,
  });
});

t.test("tells devices, cards and printers, without what would tell of a network or a phone", async (t) => {
  const device = { bus: 1, deviceId: 2, removable: true, vendor: "", maxPower: "500 mA" };
  t.same(
    usbDevicesOf([
      { ...device, id: 1, name: "USB Hub", type: "Hub", manufacturer: "", serialNumber: "" },
      {
        ...device,
        id: 2,
        name: "Phone",
        type: "Camera",
        manufacturer: "Maker",
        serialNumber: "356938035643809",
      },
    ]),
    [{ port: "2", classes: ["camera"], manufacturer: "Maker", model: "Phone" }],
  );
  const card = { default: true, revision: "", channel: "", in: false, out: true, type: "", status: "" };
  t.same(cardsOf([{ ...card, id: 0, name: "Built-in Output", manufacturer: "Apple Inc.", driver: "" }]), [
    { id: "0", name: "Built-in Output", manufacturer: "Apple Inc." },
  ]);
  const printer = { id: 1, uri: "ipp://10.0.0.9/", uuid: "", local: true, status: "", shared: false };
  t.same(printersOf([{ ...printer, name: "Office", model: "Laser 9", default: true }]), [
    { name: "Office", model: "Laser 9", default: true },
  ]);
});

t.test("tells interfaces with the addresses that stay", async (t) => {
  const address = { address: "10.0.0.5", netmask: "255.255.255.0", family: "IPv4", internal: false } as const;
  const told = {
    lo0: [{ ...address, mac: "00:00:00:00:00:00", internal: true, cidr: "127.0.0.1/8" }],
    en0: [{ ...address, mac: "A4:83:E7:00:00:01", cidr: "10.0.0.5/24" }],
    awdl0: [
      { ...address, family: "IPv6", scopeid: 1, mac: "ca:fe:00:00:00:01", cidr: "fe80::1/64" } as const,
    ],
  };
  t.same(interfacesOf(told), [
    { name: "en0", mac: "a4:83:e7:00:00:01", addresses: ["10.0.0.5/24"] },
    { name: "awdl0" },
  ]);
});

t.test("makes documents that pass their definitions", async (t) => {
  const documents = {
    graphics: { adapters: adaptersOf({ controllers: [controller], displays: [] }) },
    displays: { displays: displaysOf({ controllers: [], displays: [display] }) },
    batteries: { batteries: [batteryOf(battery, 0)] },
  };
  for (const [name, document] of Object.entries(documents))
    t.ok(sectionNamed(name)?.document.safeParse(document).success, name);
});

t.test("asks the running system, and nothing of another's tree", async (t) => {
  for (const section of [
    "graphics",
    "displays",
    "batteries",
    "usb-devices",
    "audio",
    "printers",
    "network",
  ]) {
    const facts = { platform: "darwin" } as const;
    t.equal((await collected(t, section, {}, { facts })).status, "none", section);
    // Here it is asked for real, of whatever system this is: its answer has to fit.
    if (platform() === "linux" && section !== "network") await collected(t, section, null, { facts });
  }
});
