// What iw prints of access points: its forms over the years, and what strangers write into it.
import fc from "fast-check";
import t from "tap";
import { record, withoutRecords } from "../testing/records.ts";
import { parseScanDump } from "./iw.ts";

const head = (last: string) => `BSS d0:d0:fd:69:ca:${last}(on wlan0)`;

t.test("tells each access point with all that is printed of it", async (t) => {
  const text = `${head("01")} -- associated
	last seen: 4206.107s [boottime]
	TSF: 608162896731 usec (7d, 00:56:02)
	freq: 5180.0
	beacon interval: 100 TUs
	capability: ESS Privacy SpectrumMgmt (0x0111)
	signal: -48.00 dBm
	last seen: 61410 ms ago
	Information elements from Probe Response frame:
	SSID: caf\\xc3\\xa9 a:b \\x5c\\x20
	WPA:	 * Version: 1
		 * Authentication suites: PSK
	RSN:	 * Version: 1
		 * Group cipher: CCMP
		 * Authentication suites: PSK SAE FT/SAE
${head("02")}
	freq: 2412
	capability: ESS (0x0401)
	signal: 45/100
	SSID: \\x00\\x00
`;
  t.same(parseScanDump(text), [
    {
      bssid: "d0:d0:fd:69:ca:01",
      ssid: "café a:b \\x5c ",
      signalDbm: -48,
      frequency: 5_180,
      channel: 36,
      security: ["wpa", "wpa2", "wpa3"],
      secondsAgo: 61,
      isConnected: true,
    },
    { bssid: "d0:d0:fd:69:ca:02", frequency: 2_412, channel: 1, security: ["open"], isConnected: false },
  ]);
});

t.test("tells what keeps strangers out", async (t) => {
  const security = (lines: string) => parseScanDump(`${head("01")}\n${lines}`)[0]?.security;
  const secret = "\tcapability: ESS Privacy (0x0411)\n";
  const rsn = (suites: string) => `${secret}\tRSN:\t * Version: 1\n\t\t * Authentication suites: ${suites}\n`;
  t.same(security(""), undefined, "not told");
  t.same(security("\tcapability: ESS (0x0401)\n"), ["open"]);
  t.same(security(secret), ["wep"]);
  t.same(security(`${secret}\tWPA:\t * Version: 1\n\t\t * Authentication suites: IEEE 802.1X\n`), [
    "wpa",
    "enterprise",
  ]);
  t.same(security(rsn("PSK PSK/SHA-256")), ["wpa2"]);
  t.same(security(rsn("SAE FT/SAE")), ["wpa3"]);
  t.same(security(rsn("IEEE 802.1X")), ["wpa2", "enterprise"]);
  t.same(security(rsn("IEEE 802.1X/SUITE-B-192")), ["wpa3", "enterprise"]);
  t.same(security(rsn("OWE")), ["owe"]);
  t.same(security(`${secret}\tRSN:\t * Version: 1\n`), ["wpa2"]);
});

t.test("lets no maker's name pass for what the kernel says", async (t) => {
  const text = `${head("01")}
	freq: 2437
	SSID: home
	WPS:	 * Version: 1.0
		 * Device name: x
	freq: 5180
	SSID: other
	signal: -10.00 dBm\u001b[2J
`;
  t.same(parseScanDump(text), [
    { bssid: "d0:d0:fd:69:ca:01", ssid: "home", frequency: 2_437, channel: 6, isConnected: false },
  ]);
  const many = Array.from({ length: 3_000 }, (_, index) => {
    const [high, low] = [index >> 8, index & 0xff].map((byte) => byte.toString(16).padStart(2, "0"));
    return `BSS d0:d0:fd:69:${high}:${low}(on wlan0)\n`;
  });
  t.equal(parseScanDump(many.join("")).length, 512);
});

t.test("reads what other machines printed", { skip: withoutRecords }, async (t) => {
  const of = (name: string) => parseScanDump(record(`wifi/${name}`).toString());
  const usual = { security: ["open"], secondsAgo: 0, isConnected: false };
  t.same(of("iw-scan0.txt"), [
    { bssid: "00:19:a9:cd:c6:80", ssid: "Cisco1240", signalDbm: -45, frequency: 2_412, channel: 1, ...usual },
    {
      bssid: "d0:d0:fd:69:ca:70",
      ssid: "Cisco1250",
      signalDbm: -70,
      frequency: 2_462,
      channel: 11,
      ...usual,
    },
  ]);
  t.same(of("iw-scan2.txt"), [], "its address is masked");
});

t.test("makes something of whatever is printed", async () => {
  const line = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(head("01"), "\tSSID: \\x", "\tfreq: 99999", "\tRSN:", "\t\t * Authentication suites: "),
  );
  const holds = (lines: string[]) =>
    parseScanDump(lines.join("\n")).every(({ bssid }) => bssid === "d0:d0:fd:69:ca:01");
  fc.assert(fc.property(fc.array(line, { maxLength: 30 }), holds), { numRuns: 200 });
});
