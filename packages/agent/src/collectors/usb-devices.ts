/** Collector of section `usb-devices`. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import {
  isHub,
  isUsbModem,
  readUsbDevices,
  type UsbDevice,
  usbClassName,
  usbNaming,
  usbSources,
  usbSpeed,
  usbText,
} from "../linux/usb.ts";
import { portableUsb } from "../portable/peripherals.ts";

export const collector = defineCollector({
  section: "usb-devices",
  platforms: {
    linux: {
      reads: usbSources,
      collect(look) {
        const namesOf = usbNaming(look);
        const devices = readUsbDevices(look)
          .filter((device) => !isHub(device))
          .map((device) =>
            present({
              port: device.port,
              classes: some(device.classes.flatMap((code) => usbClassName(code) ?? [])),
              ...namesOf(device),
              id: `${device.vendor}:${device.product}`,
              serial: serialOf(look, device),
              speed: usbSpeed(look, device.port),
              drivers: some(device.drivers),
            }),
          );
        return devices.length > 0 ? { document: { devices } } : { nothing: "none" };
      },
    },
    darwin: portableUsb,
    win32: portableUsb,
  },
});

const some = (texts: readonly string[]): string[] | undefined =>
  texts.length > 0 ? [...new Set(texts)] : undefined;

/** Modems give their number in the network, by which a person can be followed, for a serial number. */
function serialOf(look: Look, device: UsbDevice): string | undefined {
  const serial = isUsbModem(device) ? undefined : usbText(look, device.port, "serial");
  return serial !== undefined && isImei(serial) ? undefined : serial;
}

/** 15 digits with a check digit (3GPP TS 23.003, 6.2.1 and annex B). */
export function isImei(text: string): boolean {
  if (!/^\d{15}$/.test(text)) return false;
  const sum = [...text].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
