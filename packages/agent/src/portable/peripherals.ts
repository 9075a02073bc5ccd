/**
 * What is attached to a Mac or to Windows, by systeminformation's single functions: there it knows the programs to
 * ask. What it does not know it writes as an empty text, zero or -1. Linux has files for all of it.
 */
import type { Systeminformation } from "systeminformation";
import { type Collected, type Look, present } from "../collecting/collector.ts";

type Asked = Pick<typeof import("systeminformation"), "audio" | "battery" | "graphics" | "printer" | "usb">;

/** Nothing of a machine that does not run. */
const ask = async <T>(look: Look, question: (system: Asked) => Promise<T>): Promise<T | undefined> =>
  look.live ? question((await import("systeminformation")).default) : undefined;

const said = (text: string | null | undefined): string | undefined =>
  text === null || text === undefined || /^(?:unknown|none|n\/a)?$/i.test(text.trim())
    ? undefined
    : text.trim();

const above = (number: number | null | undefined): number | undefined =>
  number !== null && number !== undefined && number > 0 ? Math.round(number) : undefined;

/** A document of one list, `none` where that is empty. */
function listOf<N extends string, T>(name: N, items: readonly T[]): Collected<Record<N, T[]>> {
  if (items.length === 0) return { nothing: "none" };
  // The one member that a list of this name makes.
  return { document: { [name]: [...items] } as Record<N, T[]> };
}

export const portableGraphics = {
  reads: [],
  async collect(look: Look) {
    return listOf("adapters", adaptersOf(await ask(look, (system) => system.graphics())));
  },
};

export const adaptersOf = (graphics: Systeminformation.GraphicsData | undefined) =>
  (graphics?.controllers ?? []).map((controller, index) =>
    present({
      slot: said(controller.busAddress) ?? said(controller.pciBus) ?? String(index),
      manufacturer: said(controller.vendor),
      model: said(controller.model),
      // Mebibytes; what it shares with the system is not its own.
      memory: controller.vramDynamic ? undefined : mebibytes(controller.vram),
    }),
  );

const mebibytes = (number: number | null): number | undefined => {
  const size = above(number);
  return size === undefined ? undefined : size * 2 ** 20;
};

export const portableDisplays = {
  reads: [],
  async collect(look: Look) {
    return listOf("displays", displaysOf(await ask(look, (system) => system.graphics())));
  },
};

export const displaysOf = (graphics: Systeminformation.GraphicsData | undefined) =>
  (graphics?.displays ?? []).map((display, index) =>
    present({
      connector: said(display.connection) === undefined ? String(index) : `${display.connection} ${index}`,
      manufacturer: said(display.vendor),
      model: said(display.model),
      serial: said(display.serial),
      year: above(display.productionYear),
      widthMillimetres: above(display.sizeX),
      heightMillimetres: above(display.sizeY),
    }),
  );

export const portableBatteries = {
  reads: [],
  async collect(look: Look) {
    const battery = await ask(look, (system) => system.battery());
    const all = battery ? [battery, ...(battery.additionalBatteries ?? [])] : [];
    const there = all.filter(({ hasBattery }) => hasBattery);
    const listed = listOf("batteries", there.map(batteryOf));
    if (!("document" in listed)) return listed;
    const readings = there.map(({ percent }, index) => [String(index), { chargePercent: percent }] as const);
    return { ...listed, readings: Object.fromEntries(readings) };
  },
};

export function batteryOf(battery: Systeminformation.BatteryData, index: number) {
  const [design, full] = [above(battery.designedCapacity), above(battery.maxCapacity)];
  const isEnergy = /^mWh$/i.test(battery.capacityUnit);
  const isCharge = /^mAh$/i.test(battery.capacityUnit);
  const wear = design === undefined || full === undefined ? undefined : Math.max(0, 1 - full / design);
  return present({
    name: String(index),
    manufacturer: said(battery.manufacturer),
    model: said(battery.model),
    serial: said(battery.serial),
    technology: said(battery.type),
    designMilliwattHours: isEnergy ? design : undefined,
    fullMilliwattHours: isEnergy ? full : undefined,
    designMilliampereHours: isCharge ? design : undefined,
    fullMilliampereHours: isCharge ? full : undefined,
    cycles: above(battery.cycleCount),
    wearPercent: wear === undefined ? undefined : Math.round(wear * 100),
  });
}

export const portableUsb = {
  reads: [],
  async collect(look: Look) {
    return listOf("devices", usbDevicesOf(await ask(look, (system) => system.usb())));
  },
};

export const usbDevicesOf = (devices: readonly Systeminformation.UsbData[] | undefined) =>
  (devices ?? [])
    .filter(({ type }) => !/\bhub\b|controller/i.test(type))
    .map(({ id, type, name, manufacturer, vendor }) =>
      present({
        port: String(id),
        classes: said(type) === undefined ? undefined : [type.toLowerCase()],
        manufacturer: said(manufacturer) ?? said(vendor),
        // Their serial numbers are left out: a phone's is its number in networks.
        model: said(name),
      }),
    );

export const portableAudio = {
  reads: [],
  async collect(look: Look) {
    return listOf("cards", cardsOf(await ask(look, (system) => system.audio())));
  },
};

export const cardsOf = (cards: readonly Systeminformation.AudioData[] | undefined) =>
  (cards ?? []).map(({ id, name, manufacturer, driver }) =>
    present({
      id: String(id).slice(-64),
      name: said(name),
      manufacturer: said(manufacturer),
      driver: said(driver),
    }),
  );

export const portablePrinters = {
  reads: [],
  async collect(look: Look) {
    return listOf("printers", printersOf(await ask(look, (system) => system.printer())));
  },
};

/** Not its address: that tells of the network it is in. */
export const printersOf = (printers: readonly Systeminformation.PrinterData[] | undefined) =>
  (printers ?? []).flatMap(({ name, model, default: isDefault, shared }) =>
    said(name) === undefined
      ? []
      : present({
          name,
          model: said(model),
          default: isDefault ? true : undefined,
          shared: shared ? true : undefined,
        }),
  );
