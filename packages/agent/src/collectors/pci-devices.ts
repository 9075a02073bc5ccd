/** Collector of section `pci-devices`. */
import { defineCollector, present } from "../collecting/collector.ts";
import { pciNaming, pciRevision, pciSources, readPciDevices } from "../linux/pci.ts";
import { pciClassName } from "../linux/pci-classes.ts";

export const collector = defineCollector({
  section: "pci-devices",
  platforms: {
    linux: {
      reads: pciSources,
      collect(look) {
        const namesOf = pciNaming(look);
        const devices = readPciDevices(look).map((device) =>
          present({
            slot: device.slot,
            class: pciClassName(device.class),
            ...namesOf(device),
            id: `${device.vendor}:${device.device}`,
            subsystemId: device.subsystem?.join(":"),
            revision: pciRevision(look, device.slot),
            driver: device.driver,
          }),
        );
        return devices.length > 0 ? { document: { devices } } : { nothing: "none" };
      },
    },
  },
});
