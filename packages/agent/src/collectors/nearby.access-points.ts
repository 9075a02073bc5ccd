/** Collector of section `nearby.access-points`: what the kernel or NetworkManager has heard; nothing is sent. */
import { defineCollector, present } from "../collecting/collector.ts";
import { type AccessPoint, isMappable } from "../linux/access-points.ts";
import { heardAccessPoints, wifiPrograms, wifiReads } from "../linux/wifi-devices.ts";

/** The kernel keeps what it heard at its last look around, however long ago that was. */
const recentSeconds = 300;

export const collector = defineCollector({
  section: "nearby.access-points",
  platforms: {
    linux: {
      reads: wifiReads,
      programs: wifiPrograms,
      async collect(look) {
        const heard = await heardAccessPoints(look);
        if ("nothing" in heard) return heard;
        const near = heard.accessPoints.filter((point) => isMappable(point) && isRecent(point));
        return near.length > 0 ? { document: { accessPoints: near.map(itemOf) } } : { nothing: "none" };
      },
    },
  },
});

const isRecent = ({ secondsAgo = 0, isConnected }: AccessPoint): boolean =>
  isConnected || secondsAgo <= recentSeconds;

function itemOf({ bssid, ssid, channel, signalDbm, security = [] }: AccessPoint) {
  return present({
    bssid,
    ssid,
    channel,
    signal: signalDbm === undefined ? undefined : strengthOf(signalDbm),
    security: security.length > 0 ? [...security] : undefined,
  });
}

/** Steps so wide that a device at rest stays on one. */
function strengthOf(dbm: number): "strong" | "fair" | "weak" {
  if (dbm > -60) return "strong";
  return dbm > -75 ? "fair" : "weak";
}
