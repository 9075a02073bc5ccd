// Section `wifi`: the network in use, asked of one program, and only where there is Wi-Fi.
import t, { type Test } from "tap";
import { collected, type Tree } from "../testing/collected.ts";
import { running } from "../testing/running.ts";
import { collector } from "./wifi.ts";

const linux = collector.platforms.linux;
if (!linux) throw new Error("it is for Linux");

const machine: Tree = { "/sys/class/net/wlp5s0/phy80211": "folder", "/usr/sbin/iw": "" };

/** What is made of what iw prints. */
async function told(t: Test, text: string) {
  const { look } = running(t, linux ?? { reads: [] }, machine, { "/usr/sbin/iw": { code: 0, text } });
  return linux?.collect(look, facts);
}

const facts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: "precise" },
} as const;

const inUse = `BSS d0:d0:fd:69:ca:71(on wlp5s0)
	SSID: another
BSS d0:d0:fd:69:ca:70(on wlp5s0) -- associated
	freq: 5180.0
	capability: ESS Privacy (0x0411)
	signal: -52.00 dBm
	SSID: home
	RSN:	 * Version: 1
		 * Authentication suites: PSK
`;

t.test("tells the network in use", async (t) => {
  t.same(await told(t, inUse), {
    document: {
      interface: "wlp5s0",
      ssid: "home",
      bssid: "d0:d0:fd:69:ca:70",
      frequency: 5_180,
      channel: 36,
      security: ["wpa2"],
    },
    readings: { signal: 52 },
  });
});

t.test("says that there is none, apart from what could not be asked", async (t) => {
  t.same(await told(t, inUse.replace(" -- associated", "")), { nothing: "none" });
  t.same(await told(t, ""), { nothing: "none" });
  t.match(await collected(t, "wifi", machine), { status: "unsupported" }, "its tree alone does not tell");
  t.match(await collected(t, "wifi", { "/sys/class/net/eth0": "folder" }), { status: "none" });
});
