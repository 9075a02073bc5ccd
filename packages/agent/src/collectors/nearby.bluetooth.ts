/** Collector of section `nearby.bluetooth`: the devices that BlueZ remembers; nothing is sent and nobody called. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { parseBluetoothInfo } from "../linux/bluetooth-devices.ts";

const folder = "/var/lib/bluetooth";
const mostDevices = 512;

const address = /^[0-9A-F]{2}(?::[0-9A-F]{2}){5}$/i;

export const collector = defineCollector({
  section: "nearby.bluetooth",
  platforms: {
    linux: {
      reads: [folder],
      collect(look) {
        const adapters = look.names(folder).filter((name) => address.test(name));
        const places = adapters.flatMap((adapter) =>
          look
            .names(`${folder}/${adapter}`)
            .filter((name) => address.test(name))
            .map((device) => ({ adapter, device })),
        );
        const devices = places.slice(0, mostDevices).flatMap((place) => deviceAt(look, place));
        return devices.length > 0 ? { document: { devices } } : { nothing: "none" };
      },
    },
  },
});

/** A folder without the file is left over of a device that was removed. */
function deviceAt(look: Look, { adapter, device }: { readonly adapter: string; readonly device: string }) {
  const text = look.text(`${folder}/${adapter}/${device}/info`);
  if (text === undefined) return [];
  const { name, kind, isPaired } = parseBluetoothInfo(text);
  return [present({ address: device.toLowerCase(), name, kind, paired: isPaired })];
}
