// Names of networks from whatever bytes, channels, and which access points may be told to others.
import fc from "fast-check";
import t from "tap";
import { channelOf, isMappable, parseBssid, ssidText } from "./access-points.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

t.test("writes a network's name so that no two look the same", async (t) => {
  t.equal(ssidText(Buffer.from("Café 6 Näh")), "Café 6 Näh");
  t.equal(ssidText(Buffer.from(" home ")), " home ");
  t.equal(ssidText(Buffer.from("a\\x00\u001b[31m")), "a\\x5cx00\\x1b[31m");
  t.equal(ssidText(bytes(0x61, 0, 0x0a)), "a\\x00\\x0a");
  t.equal(ssidText(Buffer.from("\u202etpyrc\u200b")), "\\xe2\\x80\\xaetpyrc\\xe2\\x80\\x8b");
  t.equal(ssidText(bytes(0x43, 0x61, 0x66, 0xe9, 0x5c, 0x7f)), "Caf\\xe9\\x5c\\x7f", "Latin-1");
  t.same([ssidText(bytes()), ssidText(bytes(0, 0, 0))], [undefined, undefined], "hidden");
});

t.test("makes one text of each name, without control characters", async () => {
  const names = fc.uint8Array({ maxLength: 32 });
  const alike = (a: Uint8Array, b: Uint8Array) =>
    Buffer.from(a).equals(b) || (isHidden(a) && isHidden(b)) || ssidText(a) !== ssidText(b);
  fc.assert(fc.property(names, names, alike), { numRuns: 500 });
  const clean = (name: Uint8Array) => !/[\p{Cc}\p{Cs}]/u.test(ssidText(name) ?? "");
  fc.assert(fc.property(names, clean), { numRuns: 500 });
});

const isHidden = (name: Uint8Array) => ssidText(name) === undefined;

t.test("believes no address that is none, is masked or stands for several devices", async (t) => {
  const wrong = [
    "xx:xx:xx:xx:3e:41",
    "00:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff",
    "01:00:5e:00:00:01",
    "00:19:a9",
  ];
  t.same(wrong.map(parseBssid), Array(5));
  t.equal(parseBssid("D0:D0:FD:69:CA:70"), "d0:d0:fd:69:ca:70");
});

t.test("tells nobody of an access point whose owner asked for it, or that made its address up", async (t) => {
  const told = (bssid: string, ssid?: string) =>
    isMappable({ bssid, isConnected: false, ...(ssid === undefined ? {} : { ssid }) });
  t.same([told("d0:d0:fd:69:ca:70", "home"), told("d0:d0:fd:69:ca:70")], [true, true]);
  t.equal(told("d0:d0:fd:69:ca:70", "home_nomap"), false);
  t.equal(told("d0:d0:fd:69:ca:70", "home_optout_nomap"), false);
  t.equal(told("d0:d0:fd:69:ca:70", "home_optout"), false);
  t.equal(told("d0:d0:fd:69:ca:70", "home_nomaps"), true);
  t.equal(told("d2:d0:fd:69:ca:70", "home"), false);
});

t.test("counts channels as the standard does", async (t) => {
  const channels = [2_412, 2_472, 2_484, 4_920, 5_180, 5_885, 5_935, 5_955, 7_115, 58_320, 60_480];
  t.same(channels.map(channelOf), [1, 13, 14, 184, 36, 177, 2, 1, 233, 1, 2]);
  t.same([0, 2_413, 100_000, 5_000].map(channelOf), Array(4));
});
