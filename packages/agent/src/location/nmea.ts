/** The fix in sentences of NMEA 0183, of which GGA alone tells position, quality and error together. */
import { type Position, positionOf } from "./position.ts";

/** The error of an undiluted fix (HDOP 1) of an ordinary receiver, metres. */
const undiluted = 5;
const leastMetres = 10;

/** The position of the last good GGA sentence; `seconds` is the time of the day, UTC, that it was taken at. */
export function parseNmea(
  sentences: readonly string[],
): (Position & { readonly seconds?: number }) | undefined {
  return sentences.flatMap((sentence) => fixOf(sentence) ?? []).at(-1);
}

function fixOf(sentence: string) {
  if (!hasItsSum(sentence)) return undefined;
  const [kind = "", time = "", lat = "", north = "", lon = "", east = "", quality = "", , hdop = ""] =
    sentence.replace(/\*.*/s, "").split(",");
  // Quality 0 is no fix; 6 to 8 are estimated, typed in and simulated.
  if (!/^\$[A-Z]{2}GGA$/.test(kind) || !/^[1-5]$/.test(quality)) return undefined;
  const [latitude, longitude] = [degrees(lat, north, "NS"), degrees(lon, east, "EW")];
  if (latitude === undefined || longitude === undefined) return undefined;
  const dilution = /^\d{1,2}(\.\d+)?$/.test(hdop) ? Number(hdop) : 10;
  const position = positionOf({
    latitude,
    longitude,
    accuracyMetres: Math.max(dilution * undiluted, leastMetres),
    ageSeconds: 0,
    source: "modem",
  });
  const seconds = secondsOf(time);
  return position && { ...position, ...(seconds === undefined ? {} : { seconds }) };
}

/** The two digits behind the star, where there are any, are the exclusive or of what stands between `$` and it. */
function hasItsSum(sentence: string): boolean {
  const [, body = "", sum] = /^\$([^*]*)(?:\*([0-9A-F]{2}))?\s*$/i.exec(sentence.trim()) ?? [];
  if (body === "") return false;
  return sum === undefined || [...Buffer.from(body)].reduce((a, b) => a ^ b, 0) === Number.parseInt(sum, 16);
}

/** `ddmm.mmmm` or `dddmm.mmmm` with its hemisphere. */
function degrees(text: string, hemisphere: string, [positive, negative]: string): number | undefined {
  const [, whole, minutes] = /^(\d{2,3})(\d{2}(?:\.\d+)?)$/.exec(text) ?? [];
  if (hemisphere !== positive && hemisphere !== negative) return undefined;
  const value = Number(whole) + Number(minutes) / 60;
  if (Number.isNaN(value)) return undefined;
  return hemisphere === positive ? value : -value;
}

/** `hhmmss`, with or without a fraction. */
export function secondsOf(time: string): number | undefined {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3])([0-5]\d)([0-6]\d)(?:\.\d*)?$/.exec(time) ?? [];
  return seconds === undefined ? undefined : Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}
