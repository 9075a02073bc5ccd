// Section `nearby.access-points`: who is in reach, without those who asked to be left out or have moved on.
import t from "tap";
import type { AgentFacts } from "../collecting/collector.ts";
import type { Tree } from "../testing/collected.ts";
import { running } from "../testing/running.ts";
import { collector } from "./nearby.access-points.ts";

const linux = collector.platforms.linux;
if (!linux) throw new Error("it is for Linux");

const machine: Tree = { "/sys/class/net/wlp5s0/phy80211": "folder", "/usr/sbin/iw": "" };
const facts: AgentFacts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: "precise" },
};

const point = (bssid: string, ssid: string, dbm: number, seconds: number) =>
  `BSS ${bssid}(on wlp5s0)\n\tfreq: 2412\n\tsignal: ${dbm}.00 dBm\n\tlast seen: ${seconds}000 ms ago\n\tSSID: ${ssid}\n`;

t.test("tells who was heard lately, and of nobody who asked to be left out", async (t) => {
  const text = [
    point("d0:d0:fd:69:ca:70", "caf\\xc3\\xa9", -59, 0),
    point("d0:d0:fd:69:ca:71", "", -60, 300),
    point("d0:d0:fd:69:ca:72", "old", -60, 301),
    point("d0:d0:fd:69:ca:73", "home_nomap", -60, 0),
    point("d2:d0:fd:69:ca:74", "telephone", -60, 0),
    point("d0:d0:fd:69:ca:75", "\\x1b[2J", -75, 1),
  ].join("");
  const { look } = running(t, linux, machine, { "/usr/sbin/iw": { code: 0, text } });
  t.same(await linux.collect(look, facts), {
    document: {
      accessPoints: [
        { bssid: "d0:d0:fd:69:ca:70", ssid: "café", channel: 1, signal: "strong" },
        { bssid: "d0:d0:fd:69:ca:71", channel: 1, signal: "fair" },
        { bssid: "d0:d0:fd:69:ca:75", ssid: "\\x1b[2J", channel: 1, signal: "weak" },
      ],
    },
  });
});

t.test("says that there is nobody, apart from what could not be asked", async (t) => {
  const alone = running(t, linux, machine, { "/usr/sbin/iw": { code: 0, text: "" } });
  t.same(await linux.collect(alone.look, facts), { nothing: "none" });
  const hanging = running(t, linux, machine);
  t.same(await linux.collect(hanging.look, facts), { nothing: "failed" });
});
