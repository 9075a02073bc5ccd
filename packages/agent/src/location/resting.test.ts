// Which cell is told: the one that the device rests in, told late, seldom, and no finer than it is known.
import fc from "fast-check";
import { cellToLatLng, getResolution, gridDisk, isValidCell } from "h3-js";
import t from "tap";
import type { CellMemory } from "./cell-memory.ts";
import { grid } from "./grid.ts";
import type { Position } from "./position.ts";
import { afterSighting, cellFor, memoryFor } from "./resting.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse("2026-03-04T05:06:07.000Z");
const city = 5;

const at = (latitude: number, longitude: number, accuracyMetres = 20): Position => {
  return { latitude, longitude, accuracyMetres, ageSeconds: 0, source: "gpsd" };
};
const home = at(48.2082, 16.3738);
const office = at(48.1351, 11.582);
const [homeCell, officeCell] = [cellFor(home, city, grid), cellFor(office, city, grid)];

/** What is told after each of these sightings, an hour as its number. */
function toldAfter(sightings: readonly (readonly [hours: number, position: Position])[]) {
  let memory: CellMemory | undefined;
  return sightings.map(([hours, position]) => {
    const now = start + hours * hour;
    memory = afterSighting(memoryFor(city, memory, now), position, now, grid);
    return memory.present;
  });
}

const cellsAfter = (sightings: Parameters<typeof toldAfter>[0]) =>
  toldAfter(sightings).map((present) => present?.cell);

t.test("tells the first cell at once, by the hour", async (t) => {
  t.same(toldAfter([[0, home]]), [
    { cell: homeCell, source: "gpsd", at: Date.parse("2026-03-04T05:00:00.000Z") },
  ]);
});

t.test("tells a new cell after two hours in it, and nothing of the way there", async (t) => {
  const between = [at(48.3, 14.3), at(48.2, 13)] as const;
  t.same(
    cellsAfter([
      [0, home],
      [1, between[0]],
      [2, between[1]],
      [3, office],
      [4.9, office],
      [5, office],
    ]),
    [homeCell, homeCell, homeCell, homeCell, homeCell, officeCell],
  );
});

t.test("tells a finer cell once the place is known better, and keeps it when it is not", async (t) => {
  const vague = at(48.2082, 16.3738, 60_000);
  const coarse = cellFor(vague, city, grid);
  t.not(coarse, homeCell);
  const sightings = [vague, home, vague, home, home, vague, home].map(
    (each, hours) => [hours, each] as const,
  );
  t.same(cellsAfter(sightings), [coarse, coarse, coarse, homeCell, homeCell, homeCell, homeCell]);
});

t.test("begins to count anew when the device was elsewhere in between", async (t) => {
  t.same(
    cellsAfter([
      [0, home],
      [1, office],
      [2, home],
      [3, office],
      [4, office],
      [5, office],
    ]).at(-2),
    homeCell,
  );
});

t.test("stays the same while the device does, whatever the hour", async (t) => {
  const hours = Array.from({ length: 100 }, (_, index) => [index * 1.013, home] as const);
  t.equal(new Set(toldAfter(hours).map((present) => JSON.stringify(present))).size, 1);
});

t.test("tells four cells in 24 hours at most", async (t) => {
  const places = Array.from({ length: 8 }, (_, index) => at(40 + index, 10));
  const tour = places.flatMap((place, index) => [0, 2].map((rest) => [index * 3 + rest, place] as const));
  t.equal(new Set(cellsAfter(tour)).size, 4);
  const last = at(47, 10);
  const nextDay = [...tour, [24.1, last] as const];
  t.equal(cellsAfter(nextDay).at(-1), cellFor(last, city, grid), "and the next when the first is a day old");
});

t.test("is held up no longer by a clock that was wrong", async (t) => {
  const later = start + 1_000 * 24 * hour;
  const wrong: CellMemory = {
    resolution: city,
    present: { cell: homeCell, source: "gpsd", at: later },
    candidate: { cell: officeCell, since: later },
    reports: [later, later, later, later],
  };
  const first = afterSighting(memoryFor(city, wrong, start), office, start, grid);
  t.equal(first.present?.cell, homeCell);
  const nextDay = start + 25 * hour;
  t.equal(afterSighting(memoryFor(city, first, nextDay), office, nextDay, grid).present?.cell, officeCell);
});

t.test("remembers nothing of another level", async (t) => {
  const memory = afterSighting(memoryFor(7, undefined, start), home, start, grid);
  t.same(memoryFor(city, memory, start), { resolution: city, reports: [] });
});

t.test("does not flap at a border, which would tell that the device is at it", async (t) => {
  const neighbour = gridDisk(homeCell, 1).find((cell) => cell !== homeCell) ?? "";
  const [[latA, lonA], [latB, lonB]] = [cellToLatLng(homeCell), cellToLatLng(neighbour)];
  const between = (part: number) => at(latA + (latB - latA) * part, lonA + (lonB - lonA) * part, 60);
  // Where along the way from middle to middle the border is.
  let [from, to] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (from + to) / 2;
    if (cellFor(between(middle), city, grid) === homeCell) from = middle;
    else to = middle;
  }
  const metres = 1 / (Math.hypot((latB - latA) * 111_195, (lonB - lonA) * 74_000) || 1);
  const outside = between(from + 40 * metres);
  t.equal(cellFor(outside, city, grid), neighbour);
  const week = Array.from(
    { length: 168 },
    (_, hours) => [hours, hours < 3 ? between(from - 40 * metres) : outside] as const,
  );
  t.same([...new Set(cellsAfter(week))], [homeCell]);
  t.equal(
    cellsAfter([...week.slice(0, 3), ...[3, 4, 5].map((hours) => [hours, between(0.9)] as const)]).at(-1),
    neighbour,
  );
});

t.test("tells a place that is known roughly in a cell that is as rough", async (t) => {
  const resolutions = [20, 9_000, 15_000, 50_000, 99_000].map((accuracy) =>
    grid.resolutionOf(cellFor({ ...home, accuracyMetres: accuracy }, city, grid)),
  );
  t.same(resolutions, [5, 5, 4, 3, 2]);
  const near = { ...office, accuracyMetres: 30_000 };
  t.same(
    cellsAfter([
      [0, home],
      [1, near],
      [2, near],
      [3, near],
      [4, { ...home, accuracyMetres: 30_000 }],
    ]).at(-1),
    cellFor(near, city, grid),
  );
});

t.test("never tells a finer cell than the level's, wherever the device is", async () => {
  const anywhere = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    accuracyMetres: fc.double({ min: 1, max: 100_000, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(anywhere, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(4, 5, 7, 11),
      (places, finest) => {
        let memory: CellMemory | undefined;
        return places.every((place, index) => {
          const now = start + index * 2 * hour;
          const position: Position = { ...place, ageSeconds: 0, source: "gpsd" };
          memory = afterSighting(memoryFor(finest, memory, now), position, now, grid);
          const cell = memory.present?.cell ?? "";
          return isValidCell(cell) && getResolution(cell) <= finest;
        });
      },
    ),
    { numRuns: 200 },
  );
});
