/** Collector of section `modems`: those that USB, PCI and the kernel's own class know. Serial numbers are not read. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { placeOnBus } from "../linux/bus-path.ts";
import { type PciDevice, pciNaming, pciSources, readPciDevices } from "../linux/pci.ts";
import { isUsbModem, readUsbDevices, usbNaming, usbSources } from "../linux/usb.ts";

const wwanFolder = "/sys/class/wwan";

export const collector = defineCollector({
  section: "modems",
  platforms: {
    linux: {
      reads: [wwanFolder, ...usbSources, ...pciSources],
      collect(look) {
        const modems = [...onUsb(look), ...onPci(look), ...onBoard(look)];
        return modems.length > 0 ? { document: { modems } } : { nothing: "none" };
      },
    },
  },
});

function onUsb(look: Look) {
  const namesOf = usbNaming(look);
  return readUsbDevices(look)
    .filter(isUsbModem)
    .map((device) => ({
      port: device.port,
      ...namesOf(device),
      id: `${device.vendor}:${device.product}`,
      drivers: [...device.drivers],
    }));
}

const pciDrivers: ReadonlySet<string | undefined> = new Set(["mhi-pci-generic", "iosm", "mtk_t7xx"]);

/** Modems for telephone lines and for mobile networks have classes of their own. */
const isPciModem = ({ class: code, driver }: PciDevice): boolean =>
  pciDrivers.has(driver) || code === "0703" || code === "0d12";

function onPci(look: Look) {
  const namesOf = pciNaming(look);
  return readPciDevices(look)
    .filter(isPciModem)
    .map((device) => {
      const { manufacturer, model, subsystem } = namesOf(device);
      return present({
        port: device.slot,
        manufacturer,
        model: subsystem ?? model,
        id: `${device.vendor}:${device.device}`,
        drivers: device.driver === undefined ? undefined : [device.driver],
      });
    });
}

/** In the chip of a board, such as a telephone's. */
function onBoard(look: Look) {
  return look.names(wwanFolder).flatMap((name) => {
    const link = look.link(`${wwanFolder}/${name}`) ?? "";
    const { usb, pci } = placeOnBus(link);
    const port = /\/([^/]+)\/wwan\/wwan\d+$/.exec(link)?.[1];
    return port === undefined || (usb ?? pci) !== undefined || link.includes("/virtual/") ? [] : [{ port }];
  });
}
