// Which source is asked, and when a service outside is: only where it was agreed to and nothing on the device knows.
import t, { type Test } from "tap";
import { wifiReads } from "../linux/wifi-devices.ts";
import { running } from "../testing/running.ts";
import type { ServiceAnswer } from "./ask-service.ts";
import type { CellMemory, CellSearch } from "./cell-memory.ts";
import { fixedPlace, restingPlace } from "./find-cell.ts";

const now = Date.parse("2026-03-04T05:06:07.000Z");
const service = { url: "https://geo.example", isPrivateAllowed: false };
const hour = 3_600_000;

const scan = ["d0:d0:fd:69:ca:71", "00:19:a9:cd:c6:80"]
  .map(
    (bssid, index) =>
      `BSS ${bssid}(on wlan0)\n\tfreq: 2412.0\n\tsignal: -4${index}.00 dBm\n\tSSID: net ${index}\n`,
  )
  .join("");
const modem = {
  modem: {
    location: {
      "3gpp": { cid: "00A6C30B", lac: "FFFE", mcc: "232", mnc: "01", tac: "003B96" },
      gps: { latitude: "48.2082", longitude: "16.3738", nmea: [], utc: "050600.00" },
    },
  },
  "modem-list": ["/org/freedesktop/ModemManager1/Modem/0"],
};
const withoutGps = { ...modem, modem: { location: { ...modem.modem.location, gps: {} } } };

interface Around {
  readonly gpsd?: string;
  readonly mmcli?: unknown;
  readonly answer?: ServiceAnswer | string;
  readonly search?: Partial<CellSearch>;
}

/** What is found on a machine with Wi-Fi, and what the service was asked meanwhile. */
async function found(t: Test, { gpsd, mmcli, answer = "is not there", search = {} }: Around) {
  const programs = ["/usr/bin/mmcli", "/usr/sbin/iw"];
  const prints = {
    "/usr/sbin/iw": { code: 0, text: scan },
    ...(mmcli === undefined ? {} : { "/usr/bin/mmcli": { code: 0, text: JSON.stringify(mmcli) } }),
  };
  const tree = { "/sys/class/net/wlan0/phy80211": "folder", "/usr/sbin/iw": "" } as const;
  const { look, notes, ran } = running(t, { reads: wifiReads, programs }, tree, prints);
  const asked: object[] = [];
  const ask = async (_: unknown, query: object) => {
    asked.push(query);
    return answer;
  };
  const collected = await restingPlace(
    { ...look, hear: async () => gpsd },
    { resolution: 5, now, ...search },
    ask,
  );
  return { collected, notes, asked, ran: ran.map(([program]) => program) };
}

const answered = (accuracy: number) => {
  return { status: 200, text: JSON.stringify({ location: { lat: 48.2082, lng: 16.3738 }, accuracy }) };
};
const told = (source: string) => {
  return { document: { cell: "851e15b7fffffff", resolution: 5, source, at: "2026-03-04T05:00:00.000Z" } };
};

t.test("tells what satellites say, the sharper of two receivers, and asks nobody else", async (t) => {
  const gpsd = '{"class":"TPV","mode":3,"lat":48.2082,"lon":16.3738,"eph":12}';
  const both = await found(t, { gpsd, mmcli: modem, search: { service } });
  t.match(both.collected, told("gpsd"));
  t.same([both.asked, both.ran], [[], ["/usr/bin/mmcli", "/usr/bin/mmcli"]]);
  const rough = gpsd.replace("12}", "5000}");
  t.match((await found(t, { gpsd: rough, mmcli: modem, search: { service } })).collected, told("modem"));
});

t.test("asks nobody outside, and listens to no network, where no service was agreed to", async (t) => {
  const { collected, asked, ran } = await found(t, { mmcli: withoutGps });
  t.match(collected, { nothing: "none" });
  t.same([asked, ran.includes("/usr/sbin/iw")], [[], false]);
});

t.test("asks the service that was agreed to with what is around", async (t) => {
  const { collected, asked } = await found(t, {
    mmcli: withoutGps,
    answer: answered(80),
    search: { service },
  });
  t.match(collected, told("wifi"));
  t.match(asked, [{ considerIp: false, wifiAccessPoints: [{}, {}], cellTowers: [{ radioType: "lte" }] }]);
});

t.test("knows nothing where the service does not, says why, and leaves it alone as it asks", async (t) => {
  const cases: readonly (readonly [ServiceAnswer | string, RegExp])[] = [
    [{ status: 404, text: '{"error":{"code":404}}' }, /status 404/],
    [{ status: 302, text: "" }, /status 302/],
    [{ status: 200, text: "<html>" }, /does not know/],
    [answered(500_000), /does not know/],
    ["took over 5000 ms", /took over/],
  ];
  for (const [answer, note] of cases) {
    const { collected, notes } = await found(t, { answer, search: { service } });
    t.match(collected, { nothing: "none", memory: { serviceQuietUntil: undefined } });
    t.match(notes, [note]);
  }
  const busy = await found(t, { answer: { status: 429, text: "", retryAfter: 7_200 }, search: { service } });
  t.match(busy.collected.memory, { serviceQuietUntil: now + 2 * hour });
  const { memory } = busy.collected;
  const later = (at: number) => found(t, { answer: answered(80), search: { service, memory, now: at } });
  t.same((await later(now + hour)).asked, []);
  t.equal((await later(now + 3 * hour)).asked.length, 1);
});

t.test("goes on telling the cell that it knew when nothing knows where it is", async (t) => {
  const memory: CellMemory = {
    resolution: 5,
    present: { cell: "851e15b7fffffff", source: "gpsd", at: Date.parse("2026-03-04T05:00:00.000Z") },
    reports: [],
  };
  t.match((await found(t, { search: { memory } })).collected, told("gpsd"));
});

t.test("takes the owner's word as it is, a cell of the level", async (t) => {
  const fixed = { latitude: 48.2082, longitude: 16.3738, at: now };
  t.match(await fixedPlace({ resolution: 5, now: now + 9 * hour, fixed }), told("fixed").document);
  t.equal(await fixedPlace({ resolution: 5, now }), undefined);
});
