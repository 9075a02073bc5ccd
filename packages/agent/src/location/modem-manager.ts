/** Position and serving cell of modems, as ModemManager tells them (`mmcli -J`): strings, `--` where there is nothing. */
import type { Look } from "../collecting/collector.ts";
import { parseNmea, secondsOf } from "./nmea.ts";
import { type Position, positionOf } from "./position.ts";

export const mmcli = "/usr/bin/mmcli";

const limits = { milliseconds: 2_000, maxBytes: 256 * 1024 } as const;
const mostModems = 2;

/** What a receiver without an error estimate is good for, metres. */
const usualAccuracy = 50;

/** A serving cell, as geolocation services take it. */
export interface CellTower {
  readonly radioType: "gsm" | "wcdma" | "lte";
  readonly mobileCountryCode: number;
  readonly mobileNetworkCode: number;
  readonly locationAreaCode: number;
  readonly cellId: number;
}

export interface ModemPlace {
  readonly position?: Position | undefined;
  readonly tower?: CellTower | undefined;
}

/** What every modem tells; `now` is for the age of a fix, of which only the time of the day is told. */
export async function placesOfModems(look: Look, now: number): Promise<ModemPlace[]> {
  const list = await look.run(mmcli, ["-L", "-J"], limits);
  if (list === undefined) return [];
  const places: ModemPlace[] = [];
  for (const modem of parseModemList(list.text).slice(0, mostModems)) {
    const told = await look.run(mmcli, ["-m", modem, "--location-get", "-J"], limits);
    places.push(parseModemLocation(told?.text ?? "", now));
  }
  return places;
}

/** Numbers of the modems: the ends of their D-Bus paths. */
export function parseModemList(text: string): string[] {
  const list = member(parsed(text), "modem-list");
  if (!Array.isArray(list)) return [];
  return list.flatMap(
    (path) => /^\/org\/freedesktop\/ModemManager1\/Modem\/(\d{1,9})$/.exec(String(path))?.[1] ?? [],
  );
}

export function parseModemLocation(text: string, now: number): ModemPlace {
  const location = member(member(parsed(text), "modem"), "location");
  return { position: positionIn(member(location, "gps"), now), tower: towerIn(member(location, "3gpp")) };
}

function positionIn(gps: unknown, now: number): Position | undefined {
  const [latitude, longitude] = [decimal(member(gps, "latitude")), decimal(member(gps, "longitude"))];
  const nmea = parseNmea(lines(member(gps, "nmea")));
  if (latitude === undefined || longitude === undefined)
    return nmea && positionOf({ ...nmea, ageSeconds: age(nmea.seconds, now) });
  return positionOf({
    latitude,
    longitude,
    accuracyMetres: nmea?.accuracyMetres ?? usualAccuracy,
    ageSeconds: age(secondsOf(String(member(gps, "utc"))) ?? nmea?.seconds, now),
    source: "modem",
  });
}

const daySeconds = 86_400;

/** Seconds since a time of the day, which may be a little ahead of this machine's clock. */
function age(seconds: number | undefined, now: number): number {
  if (seconds === undefined) return 0;
  const passed = (((now / 1_000 - seconds) % daySeconds) + daySeconds) % daySeconds;
  return passed > daySeconds - 60 ? 0 : passed;
}

const mostGsmCell = 0xffff;
const mostLteCell = 0xfff_ffff;

/** `lac`, `tac` and `cid` are hexadecimal. Where LTE serves, `tac` tells the area, and `lac` is none. */
function towerIn(cell: unknown): CellTower | undefined {
  const [country, network] = [digits(member(cell, "mcc"), 10), digits(member(cell, "mnc"), 10)];
  const [lac, tac] = [area(member(cell, "lac")), area(member(cell, "tac"))];
  const cellId = digits(member(cell, "cid"), 16);
  const locationAreaCode = tac ?? lac;
  if (country === undefined || network === undefined || locationAreaCode === undefined) return undefined;
  if (cellId === undefined || cellId === 0 || cellId > mostLteCell || country === 0) return undefined;
  const radioType = tac !== undefined ? "lte" : cellId > mostGsmCell ? "wcdma" : "gsm";
  return { radioType, mobileCountryCode: country, mobileNetworkCode: network, locationAreaCode, cellId };
}

/** Neither none (0) nor one of the two values that mean so (3GPP TS 24.008). */
function area(value: unknown): number | undefined {
  const number = digits(value, 16);
  return number === 0 || number === 0xfffe || number === 0xffff ? undefined : number;
}

function digits(value: unknown, radix: 10 | 16): number | undefined {
  const pattern = radix === 10 ? /^\d{1,3}$/ : /^[0-9a-f]{1,9}$/i;
  return typeof value === "string" && pattern.test(value) ? Number.parseInt(value, radix) : undefined;
}

function decimal(value: unknown): number | undefined {
  return typeof value === "string" && /^-?\d{1,3}(\.\d{1,16})?$/.test(value) ? Number(value) : undefined;
}

/** A list of sentences, in older versions one text of them. */
const lines = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : typeof value === "string" ? value.split(/\s+/) : []).slice(
    0,
    200,
  );

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
