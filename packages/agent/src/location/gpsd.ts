/** Positions of gpsd (gpsd_json(5)): one JSON object a line, of which half a line may be all that comes. */
import type { Look } from "../collecting/collector.ts";
import { type Position, positionOf } from "./position.ts";

export const gpsdAddress = "127.0.0.1:2947";

/** For a receiver that says nothing of its errors. */
const usualAccuracy = 100;

/** A receiver that is awake says where it is every second. */
const patience = 3_500;

export async function positionOfGpsd(look: Look, address = gpsdAddress): Promise<Position | undefined> {
  const heard = await look.hear(address, {
    say: '?WATCH={"enable":true,"json":true};\n',
    enough: (text) => hasNoReceiver(text) || parseGpsd(text)?.isExact === true,
    milliseconds: patience,
    maxBytes: 256 * 1024,
  });
  return heard === undefined ? undefined : parseGpsd(heard)?.position;
}

interface Fix {
  readonly position: Position;
  /** Whether the receiver tells its error. The first fix often comes without. */
  readonly isExact: boolean;
}

/** The latest fix, one with its error before one without. */
export function parseGpsd(text: string): Fix | undefined {
  const fixes = reportsIn(text, "TPV").flatMap((report) => fixOf(report) ?? []);
  return fixes.findLast(({ isExact }) => isExact) ?? fixes.at(-1);
}

/** Whether gpsd says that it has no receiver to wait for. */
function hasNoReceiver(text: string): boolean {
  const list = reportsIn(text, "DEVICES").at(-1);
  return Array.isArray(list?.devices) && list.devices.length === 0;
}

type Report = Readonly<Record<string, unknown>>;

function reportsIn(text: string, kind: string): Report[] {
  return text.split("\n").flatMap((line) => {
    const report = line.includes(`"${kind}"`) ? parsed(line) : undefined;
    return report?.class === kind ? [report] : [];
  });
}

function parsed(line: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `mode` 2 and 3 are fixes; `time` is the receiver's, whose year may be wrong by 20, and what gpsd says is new. */
function fixOf({ mode, lat, lon, eph, epx, epy }: Report): Fix | undefined {
  if (mode !== 2 && mode !== 3) return undefined;
  if (typeof lat !== "number" || typeof lon !== "number") return undefined;
  const error = positive(eph) ?? hypotenuse(positive(epx), positive(epy));
  const position = positionOf({
    latitude: lat,
    longitude: lon,
    accuracyMetres: error ?? usualAccuracy,
    ageSeconds: 0,
    source: "gpsd",
  });
  return position && { position, isExact: error !== undefined };
}

const positive = (value: unknown): number | undefined =>
  typeof value === "number" && value > 0 ? value : undefined;

const hypotenuse = (x: number | undefined, y: number | undefined): number | undefined =>
  x === undefined || y === undefined ? undefined : Math.hypot(x, y);
