/** A laptop that somebody carries about, for tests: where it is and when it checks in, by a seed. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** A check-in: when, and where the laptop is, as its receiver tells it; null without a fix. */
export interface Moment {
  readonly at: number;
  readonly fix: (Point & { readonly error: number }) | null;
}

export interface Commuter {
  readonly home: Point;
  readonly office: Point;
  readonly moments: readonly Moment[];
}

const hour = 3_600_000;
const day = 24 * hour;
const days = 30;
const begins = Date.parse("2026-03-02T00:00:00.000Z");
/** A little more than two hours: it sleeps often, and wakes at other minutes of the hour each time. */
const interval = 2 * 3_607_000;
const metresPerDegree = 111_195;

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 30 days of somebody with a home anywhere between the Alps and the sea, an office, and trips at weekends. */
export function commuter(seed: number): Commuter {
  const chance = chances(seed);
  const home = { latitude: 46 + 7 * chance(), longitude: 6 + 10 * chance() };
  const office = away(home, 3 + 40 * chance(), chance());
  const trips = Array.from({ length: 5 }, () => away(home, 40 + 250 * chance(), chance()));
  const moments: Moment[] = [];
  for (let at = begins + chance() * interval; at < begins + days * day; at += interval) {
    const time = ((at % day) + day) % day;
    if (time < 7 * hour || time > 23 * hour) continue;
    const week = Math.floor((at - begins) / (7 * day));
    const weekday = Math.floor((at - begins) / day) % 7;
    const place = placeAt(weekday, time / hour, { home, office, trip: trips[week] ?? home, chance });
    const error = 5 + 60 * chance();
    // Half of the time it lies where no satellite is seen.
    moments.push({
      at,
      fix: chance() < 0.5 ? null : { ...away(place, (error * chance()) / 1_000, chance()), error },
    });
  }
  return { home, office, moments };
}

interface Places {
  readonly home: Point;
  readonly office: Point;
  readonly trip: Point;
  readonly chance: () => number;
}

function placeAt(weekday: number, time: number, { home, office, trip, chance }: Places): Point {
  if (weekday >= 5) return weekday === 5 ? (time > 10 ? trip : home) : time < 19 ? trip : home;
  if (time < 8 || time > 18.5) return home;
  if (time > 9 && time < 17) return office;
  const part = chance();
  return {
    latitude: home.latitude + (office.latitude - home.latitude) * part,
    longitude: home.longitude + (office.longitude - home.longitude) * part,
  };
}

/** A point so many kilometres off, `turn` from 0 to 1 being the direction. */
export function away({ latitude, longitude }: Point, kilometres: number, turn: number): Point {
  const [up, right] = [Math.cos(turn * 2 * Math.PI), Math.sin(turn * 2 * Math.PI)].map(
    (part) => part * kilometres * 1_000,
  );
  return {
    latitude: latitude + (up ?? 0) / metresPerDegree,
    longitude: longitude + (right ?? 0) / (metresPerDegree * shrink(latitude)),
  };
}

/** Metres between two points that are not far apart. */
export function distance(a: Point, b: Point): number {
  const middle = (a.latitude + b.latitude) / 2;
  return Math.hypot(a.latitude - b.latitude, (a.longitude - b.longitude) * shrink(middle)) * metresPerDegree;
}

const shrink = (latitude: number): number => Math.cos((latitude * Math.PI) / 180);
