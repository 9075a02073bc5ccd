/** Collector of section `wifi`: the access point in use, told by the one program that is there. */
import { defineCollector, present } from "../collecting/collector.ts";
import { heardAccessPoints, wifiPrograms, wifiReads } from "../linux/wifi-devices.ts";

export const collector = defineCollector({
  section: "wifi",
  platforms: {
    linux: {
      reads: wifiReads,
      programs: wifiPrograms,
      async collect(look) {
        const heard = await heardAccessPoints(look);
        if ("nothing" in heard) return heard;
        const used = heard.accessPoints.find(({ isConnected }) => isConnected);
        if (!used) return { nothing: "none" };
        const { ssid, bssid, frequency, channel, security = [], signalDbm } = used;
        return {
          document: present({
            interface: heard.interface,
            ssid,
            bssid,
            frequency,
            channel,
            security: security.length > 0 ? [...security] : undefined,
          }),
          ...(signalDbm === undefined || signalDbm > 0 ? {} : { readings: { signal: -signalDbm } }),
        };
      },
    },
  },
});
