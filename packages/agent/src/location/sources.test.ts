// What satellites' receivers, modems and services say of the place, and what of it is believed.
import fc from "fast-check";
import t from "tap";
import { geolocateQuery, parseGeolocation } from "./geolocate.ts";
import { parseGpsd } from "./gpsd.ts";
import { parseModemList, parseModemLocation } from "./modem-manager.ts";
import { parseNmea } from "./nmea.ts";
import { bestOf, type Position, positionOf } from "./position.ts";

const fix = (members: object) =>
  JSON.stringify({ class: "TPV", mode: 3, lat: 48.2082, lon: 16.3738, ...members });
const gpsdAt = (accuracyMetres: number) => {
  return { latitude: 48.2082, longitude: 16.3738, accuracyMetres, ageSeconds: 0, source: "gpsd" };
};

t.test("takes of gpsd the latest fix whose error is told, else the latest", async (t) => {
  const cases: readonly (readonly [string, object | undefined])[] = [
    [fix({ eph: 12.5 }), gpsdAt(12.5)],
    [fix({ epx: 3, epy: 4 }), gpsdAt(5)],
    [fix({ mode: 2 }), gpsdAt(100)],
    [`${fix({ eph: 7 })}\n${fix({ mode: 2 })}`, gpsdAt(7)],
    [`${fix({ eph: 7 })}\n${fix({ eph: 9 })}`, gpsdAt(9)],
    [`$GPGGA,nonsense\n{"class":"VERSION"}\n${fix({ eph: 7 })}\n{"class":"TPV","mode":3,"lat":1`, gpsdAt(7)],
    [fix({ mode: 1 }), undefined],
    [fix({ mode: 0 }), undefined],
    [fix({ lat: undefined }), undefined],
    [fix({ lat: "48.2" }), undefined],
    [fix({ lat: 0, lon: 0 }), undefined],
    [fix({ lat: 91 }), undefined],
    [fix({ eph: 500_000 }), undefined],
    [fix({ eph: -3 }), gpsdAt(100)],
    ['{"class":"TPV","mode":3,"lat":48.2,"lo', undefined],
    ["", undefined],
  ];
  for (const [text, expected] of cases) t.same(parseGpsd(text)?.position, expected, text);
});

t.test("gets through whatever gpsd, modems and services say", async () => {
  const words = fc.constantFrom(
    '{"class":"TPV",',
    '"mode":3,',
    '"lat":1e999,',
    '"modem":',
    "{",
    "}",
    "[",
    "]",
    "null",
    '"location":',
    "\n",
    "$GPGGA,",
    ",",
    "*00",
  );
  const texts = fc.array(fc.oneof(words, fc.string()), { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      parseGpsd(text);
      parseModemList(text);
      parseModemLocation(text, 0);
      parseNmea([text]);
      parseGeolocation(text, "wifi");
    }),
    { numRuns: 300 },
  );
});

const gga = (fields: string) => {
  const sum = [...Buffer.from(fields)].reduce((a, b) => a ^ b, 0);
  return `$${fields}*${sum.toString(16).toUpperCase().padStart(2, "0")}`;
};

t.test("reads the fix of NMEA sentences, and none that is damaged, guessed or typed in", async (t) => {
  const good = "GPGGA,171926.00,4404.14063,N,12118.85478,W,1,12,3.00,1147.2,M,-21.3,M,,";
  const position = { latitude: 44 + 4.14063 / 60, longitude: -(121 + 18.85478 / 60), accuracyMetres: 15 };
  const expected = { ...position, ageSeconds: 0, source: "modem", seconds: 62_366 };
  t.same(parseNmea(["$GPRMC,nonsense", gga(good), "$GPGSV,1"]), expected);
  t.same(parseNmea([`$${good}`]), expected, "an older receiver sends no sum");
  const none = [
    `$${good}*00`,
    gga(good.replace(",W,1,", ",W,0,")),
    gga(good.replace(",W,1,", ",W,6,")),
    gga(good.replace(",N,", ",X,")),
    gga(good.replace("4404.14063", "")),
    gga(good.replace("GPGGA", "GPGLL")),
  ];
  for (const sentence of none) t.equal(parseNmea([sentence]), undefined, sentence);
});

const nothing = { altitude: "--", latitude: "--", longitude: "--", nmea: [], utc: "--" };
const noCell = { cid: "--", lac: "--", mcc: "--", mnc: "--", tac: "--" };
const modem = (gps: object, cell: object = noCell) =>
  JSON.stringify({
    modem: {
      location: { "3gpp": cell, "cdma-bs": { latitude: "--", longitude: "--" }, gps: { ...nothing, ...gps } },
    },
  });
const now = Date.parse("2026-03-04T17:20:26.000Z");

t.test("reads a modem's position, by its receiver's time of the day as old as it is", async (t) => {
  const place = { latitude: "48.208200", longitude: "16.373800" };
  const said = { latitude: 48.2082, longitude: 16.3738, accuracyMetres: 50, source: "modem" };
  t.same(parseModemLocation(modem({ ...place, utc: "171926.00" }), now), {
    position: { ...said, ageSeconds: 60 },
    tower: undefined,
  });
  t.same(parseModemLocation(modem({ ...place, utc: "172030.00" }), now).position, { ...said, ageSeconds: 0 });
  t.equal(parseModemLocation(modem({ ...place, utc: "101926.00" }), now).position, undefined, "hours old");
  t.equal(parseModemLocation(modem({}), now).position, undefined);
  const nmea = [gga("GPGGA,171926,4812.492,N,01622.428,E,1,09,1.0,170,M,43,M,,")];
  t.match(parseModemLocation(modem({ nmea }), now).position, { ageSeconds: 60, accuracyMetres: 10 });
  t.match(parseModemLocation(modem({ nmea: nmea[0] }), now).position, { ageSeconds: 60 });
});

t.test("reads a modem's serving cell, whose numbers are hexadecimal", async (t) => {
  const told = { cid: "00A6C30B", lac: "FFFE", mcc: "262", mnc: "02", tac: "003B96" };
  const lte = { radioType: "lte", mobileCountryCode: 262, mobileNetworkCode: 2, locationAreaCode: 0x3b96 };
  const towerOf = (cell: object) => parseModemLocation(modem({}, { ...told, ...cell }), now).tower;
  t.same(towerOf({}), { ...lte, cellId: 0xa6c30b });
  t.same(towerOf({ tac: "0000", lac: "1F4" }), {
    ...lte,
    radioType: "wcdma",
    locationAreaCode: 500,
    cellId: 0xa6c30b,
  });
  t.same(towerOf({ tac: "--", lac: "1F4", cid: "FA0" }), {
    ...lte,
    radioType: "gsm",
    locationAreaCode: 500,
    cellId: 4_000,
  });
  for (const none of [
    noCell,
    { mcc: "--" },
    { cid: "0" },
    { cid: "zz" },
    { tac: "--" },
    { cid: "123456789" },
  ])
    t.equal(towerOf(none), undefined, JSON.stringify(none));
});

t.test("lists the modems there are", async (t) => {
  const path = "/org/freedesktop/ModemManager1/Modem";
  t.same(parseModemList(JSON.stringify({ "modem-list": [`${path}/0`, `${path}/12`, "/elsewhere/3", 4] })), [
    "0",
    "12",
  ]);
  for (const text of [
    "",
    "{}",
    '{"modem-list":"x"}',
    "error: couldn't find the ModemManager process in the bus",
  ])
    t.same(parseModemList(text), [], text);
});

const point = (bssid: string, ssid: string | undefined, signalDbm: number) => {
  return { bssid, signalDbm, isConnected: false, ...(ssid === undefined ? {} : { ssid }) };
};

t.test("asks a service with two access points at least, and none whose owner did not agree", async (t) => {
  const [one, two] = [point("00:19:a9:00:00:01", "Cafe", -70.4), point("00:19:a9:00:00:02", "Haus", -40)];
  const asked = (points: Parameters<typeof geolocateQuery>[0]) => geolocateQuery(points, []);
  const closed = { considerIp: false, fallbacks: { ipf: false, lacf: true } };
  t.same(asked([one, { ...two, frequency: 2_412, secondsAgo: 1.5 }]), {
    ...closed,
    wifiAccessPoints: [
      { macAddress: two.bssid, signalStrength: -40, frequency: 2_412, age: 1_500 },
      { macAddress: one.bssid, signalStrength: -70 },
    ],
  });
  const unwilling = [
    point("00:19:a9:00:00:03", "Haus_nomap", -40),
    point("00:19:a9:00:00:04", "Haus_optout_nomap", -40),
    point("00:19:a9:00:00:05", undefined, -40),
    point("02:19:a9:00:00:06", "Telefon", -40),
  ];
  t.equal(asked([one]), null);
  t.equal(asked([one, ...unwilling]), null);
  t.same(asked([one, two, ...unwilling]), asked([one, two]));
  const tower = {
    radioType: "lte",
    mobileCountryCode: 262,
    mobileNetworkCode: 2,
    locationAreaCode: 1,
    cellId: 7,
  } as const;
  t.same(geolocateQuery([one], [tower]), { ...closed, cellTowers: [tower] });
});

t.test("believes no service that knows nothing, guesses by the address or talks nonsense", async (t) => {
  const answer = (members: object) =>
    parseGeolocation(
      JSON.stringify({ location: { lat: 48.2, lng: 16.4 }, accuracy: 80, ...members }),
      "wifi",
    );
  t.same(answer({}), { latitude: 48.2, longitude: 16.4, accuracyMetres: 80, ageSeconds: 0, source: "wifi" });
  const nonsense = [
    { accuracy: 500_000 },
    { accuracy: 0 },
    { accuracy: "80" },
    { accuracy: undefined },
    { fallback: "ipf" },
    { location: null },
    { location: { lat: "48", lng: 16 } },
    { location: { lat: 148, lng: 16 } },
    { location: { lat: 0, lng: 0 } },
  ];
  for (const members of nonsense) t.equal(answer(members), undefined, JSON.stringify(members));
  for (const text of ["", "null", "[]", "<html>", '{"location":{"lat":1e999,"lng":1},"accuracy":1}'])
    t.equal(parseGeolocation(text, "wifi"), undefined, text);
});

t.test("takes the best by accuracy and age", async (t) => {
  const told = (accuracyMetres: number, ageSeconds: number): Position => {
    return { latitude: 1, longitude: 1, accuracyMetres, ageSeconds, source: "modem" };
  };
  const [sharp, old, rough] = [told(10, 0), told(5, 60), told(500, 0)];
  t.equal(bestOf([undefined, rough, old, sharp]), sharp);
  t.equal(bestOf([rough, old]), rough);
  t.equal(bestOf([undefined]), undefined);
  t.equal(positionOf(told(10, 4_000)), undefined);
});
