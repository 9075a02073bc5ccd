/** Where a device hangs, by the path of its folder below /sys/devices. */
import type { Look } from "../collecting/collector.ts";
import { type PciNames, pciNaming, readPciDevices } from "./pci.ts";
import { readUsbDevices, type UsbNames, usbNaming } from "./usb.ts";

/** The port of the last USB device on the way, `1-4.2`, else the slot of the last PCI device. */
export function placeOnBus(path: string): { readonly usb?: string; readonly pci?: string } {
  const parts = path.split("/");
  const usb = parts.findLast((part) => /^\d+-\d+(\.\d+)*$/.test(part));
  if (usb !== undefined && parts.some((part) => /^usb\d+$/.test(part))) return { usb };
  const pci = parts.findLast((part) => /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(part));
  return pci === undefined ? {} : { pci };
}

export type NamesByPath = (path: string) => PciNames & UsbNames & { readonly id?: string };

/** Names of what hangs there; each bus is looked at when something on it is asked for. */
export function namesByPath(look: Look): NamesByPath {
  const usb = once(() => ({ devices: readUsbDevices(look), namesOf: usbNaming(look) }));
  const pci = once(() => ({ devices: readPciDevices(look), namesOf: pciNaming(look) }));
  return (path) => {
    const place = placeOnBus(path);
    if (place.usb !== undefined) {
      const device = usb().devices.find(({ port }) => port === place.usb);
      return device ? { ...usb().namesOf(device), id: `${device.vendor}:${device.product}` } : {};
    }
    const device = place.pci === undefined ? undefined : pci().devices.find(({ slot }) => slot === place.pci);
    return device ? { ...pci().namesOf(device), id: `${device.vendor}:${device.device}` } : {};
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
