// Everything that a device sends, of all sections with every category granted: below the finest choice nothing in it
// is in a map of access points, be it the device's own network, its neighbours', its routers or its mobile cells.
import {
  accepts,
  categoryNames,
  grantOf,
  type LocationLevel,
  type Ownership,
  purposes,
} from "@rollcall/protocol";
import t, { type Test } from "tap";
import { prepare } from "../check-in/found.ts";
import { readingsToSend } from "../check-in/readings.ts";
import { collecting, type LookAround } from "../collecting/collecting.ts";
import type { Look } from "../collecting/collector.ts";
import { openLook } from "../collecting/look.ts";
import { collectors } from "../collectors/index.generated.ts";
import { machineTree, type Tree } from "../testing/collected.ts";
import { away, type Point } from "../testing/commuter.ts";

/** A place with what can be heard there, all of which stands on the attacker's map. */
interface Surroundings extends Point {
  readonly ssid: string;
  readonly bssid: string;
  readonly neighbour: { readonly ssid: string; readonly bssid: string };
  readonly router: { readonly mac: string; readonly address: string };
  readonly publicAddress: string;
  /** Hexadecimal, as modems tell it. */
  readonly cell: string;
}

const home: Surroundings = {
  latitude: 48.2082,
  longitude: 16.3738,
  ssid: "Familie Babbage",
  bssid: "d0:d0:fd:69:ca:71",
  neighbour: { ssid: "Nachbarin", bssid: "00:19:a9:cd:c6:80" },
  router: { mac: "3c:a6:2f:11:22:33", address: "10.77.13.1" },
  publicAddress: "88.117.44.55",
  cell: "00A6C30B",
};
const office: Surroundings = {
  ...home,
  ...away(home, 4, 0.3),
  ssid: "Analytical Engines",
  bssid: "d0:d0:fd:69:ca:99",
  neighbour: { ssid: "Kantine", bssid: "00:19:a9:cd:c6:99" },
  router: { mac: "3c:a6:2f:44:55:66", address: "10.88.14.1" },
  publicAddress: "193.80.1.2",
  cell: "00B7D41C",
};

const scan = ({ ssid, bssid, neighbour }: Surroundings) =>
  [
    `BSS ${bssid}(on wlan0) -- associated\n\tfreq: 5180.0\n\tsignal: -48.00 dBm\n\tlast seen: 40 ms ago\n\tSSID: ${ssid}`,
    `BSS ${neighbour.bssid}(on wlan0)\n\tfreq: 2412.0\n\tsignal: -70.00 dBm\n\tlast seen: 90 ms ago\n\tSSID: ${neighbour.ssid}`,
  ].join("\n");

const reversed = (address: string) =>
  address
    .split(".")
    .toReversed()
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase();

/** The address of this number in the network of 256. */
const networkOf = (address: string, last: number) => address.replace(/\d+$/, String(last));

const treeOf = ({ ssid, router, publicAddress }: Surroundings): Tree => ({
  "/sys/class/net/wlan0/address": "9c:b6:d0:01:02:03\n",
  "/sys/class/net/wlan0/type": "1\n",
  "/sys/class/net/wlan0/phy80211": "folder",
  "/sys/class/net/wlan0/device": "folder",
  "/usr/sbin/iw": "",
  "/usr/bin/mmcli": "",
  "/proc/net/arp": `IP address HW type Flags HW address Mask Device\n${router.address} 0x1 0x2 ${router.mac} * wlan0\n`,
  "/proc/net/route": [
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
    `wlan0\t00000000\t${reversed(router.address)}\t0003\t0\t0\t600\t00000000\t0\t0\t0`,
    `wlan0\t${reversed(networkOf(publicAddress, 0))}\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0`,
  ].join("\n"),
  "/proc/net/fib_trie": [
    `     |-- ${publicAddress}\n        /32 host LOCAL`,
    `     |-- ${networkOf(publicAddress, 255)}\n        /32 link BROADCAST`,
  ].join("\n"),
  "/etc/resolv.conf": `nameserver ${router.address}\n`,
  "/etc/NetworkManager/system-connections/wifi.nmconnection": `[wifi]\nssid=${ssid}\n`,
  "/etc/os-release": "ID=debian\n",
  "/proc/meminfo": "MemTotal: 16000000 kB\n",
});

const printed = (text: string) => ({ code: 0, text });
const printsOf = (place: Surroundings) => ({
  "/usr/sbin/iw": printed(scan(place)),
  "/usr/bin/mmcli": printed(
    JSON.stringify({
      "modem-list": ["/org/freedesktop/ModemManager1/Modem/0"],
      modem: {
        location: {
          "3gpp": { cid: place.cell, lac: "FFFE", mcc: "232", mnc: "01", tac: "003B96" },
          gps: { latitude: "--", longitude: "--", nmea: [], utc: "--" },
        },
      },
    }),
  ),
});

/** Collectors for whom the machine is in such a place. */
const lookingAt = (t: Test, place: Surroundings): LookAround => {
  const root = machineTree(t, treeOf(place));
  const prints = new Map(Object.entries(printsOf(place)));
  const hear: Look["hear"] = async () =>
    `{"class":"TPV","mode":3,"lat":${place.latitude},"lon":${place.longitude},"eph":12}\n`;
  const ask: Look["ask"] = async () => [];
  return async ({ sections, facts }) => {
    const outcomes = new Map();
    for (const section of sections) {
      const here = collectors.find((each) => each.section === section)?.platforms.linux;
      if (!here || "homes" in here) continue;
      const tree = openLook({ root, reads: here.reads });
      const run: Look["run"] = async (program) => prints.get(program);
      const collected = await here.collect({ ...tree, live: true, hear, ask, run }, facts);
      const status = "document" in collected ? "ok" : collected.nothing;
      outcomes.set(section, { section, status, diagnostics: [], ...collected });
    }
    return outcomes;
  };
};

const now = Date.parse("2026-03-04T05:06:07.000Z");
const giver = { by: "ada", interactive: true, at: "2026-03-01T12:00:00Z", policyDigest: "x" };

/** All that leaves the device in such a place, documents and readings, as text. */
async function sentFrom(t: Test, place: Surroundings, ownership: Ownership, level: LocationLevel) {
  const grants = categoryNames.map((category) =>
    grantOf({ category, purposes, ...(category === "location" ? { level } : {}) }, ownership, giver),
  );
  const whereabouts = {
    facts: () => ({ level, search: { resolution: level === "precise" ? 11 : 5, now } }),
    remember: () => undefined,
  };
  const around = {
    rootfs: null,
    platform: "linux",
    agentVersion: "0.1.0",
    applications: [],
    server: null,
  } as const;
  const collect = collecting({ ...around, isUnlinked: false, whereabouts }, lookingAt(t, place));
  const found = await collect({ grants, ownership });
  const prepared = prepare(found, { grants, ownership }, accepts, (text) => t.comment(text));
  // When the tree was made is when this system was installed.
  const text = JSON.stringify([...prepared].map(([name, { submitted }]) => [name, submitted]));
  const sections = new Map(JSON.parse(text.replaceAll(/"installedAt":"[^"]*"/g, '"installedAt":"then"')));
  return { sections, readings: readingsToSend(found, {}, now) };
}

/** What of a place stands in this, in whatever form. */
function foundIn(sent: Awaited<ReturnType<typeof sentFrom>>, place: Surroundings): string[] {
  const text = JSON.stringify([[...sent.sections], sent.readings]).toLowerCase();
  const { ssid, bssid, neighbour, router, publicAddress, cell } = place;
  const marks = {
    ssid,
    bssid,
    neighbourSsid: neighbour.ssid,
    neighbour: neighbour.bssid,
    router: router.mac,
    gateway: router.address,
    publicAddress,
    cell,
  };
  return Object.entries(marks).flatMap(([name, mark]) =>
    [mark, mark.replaceAll(":", ""), mark.replaceAll(":", "-"), String(Number.parseInt(mark, 16))]
      .filter((form) => form.length > 6 && form !== "NaN")
      .some((form) => text.includes(form.toLowerCase()))
      ? [name]
      : [],
  );
}

for (const ownership of ["organisation", "personal"] as const) {
  for (const level of ["region", "city", "district"] as const) {
    t.test(`tells on a device of the ${ownership} nothing that is on a map, at ${level}`, async (t) => {
      const sent = await sentFrom(t, home, ownership, level);
      // An organisation is told the addresses of its own devices.
      t.same(foundIn(sent, home), ownership === "organisation" ? ["publicAddress"] : []);
      t.match(sent.sections.get("location"), { status: "ok", document: { source: "gpsd" } });
    });
  }
}

t.test("tells the same of a personal device in two places of one cell", async (t) => {
  const there = await sentFrom(t, home, "personal", "city");
  t.same(await sentFrom(t, office, "personal", "city"), there);
});

t.test("is found by its attacker where the finest choice was made", async (t) => {
  const sent = await sentFrom(t, home, "personal", "precise");
  const found = foundIn(sent, home);
  for (const mark of ["ssid", "bssid", "neighbourSsid", "neighbour", "router", "gateway", "publicAddress"])
    t.ok(found.includes(mark), mark);
});
