/**
 * Which cell is told: a fixed grid instead of noise, which averages away; a new cell only after two hours in it, and
 * four in a day at most. Who is told cannot follow a way, nor learn from the moment of a change where it led through.
 * A device near a border stays in the cell it was first told in as long as it may still be there: flapping between
 * two cells would tell that it is at the border. Pure.
 */
import type { CellMemory, PresentCell } from "./cell-memory.ts";
import type { Position } from "./position.ts";

/** The grid's answers, all of it that this needs. */
export interface Grid {
  cellOf(latitude: number, longitude: number, resolution: number): string;
  resolutionOf(cell: string): number;
  middleOf(cell: string): readonly [latitude: number, longitude: number];
  /** Length of a cell's edge, which is how far its corners are from its middle, metres. */
  edgeMetres(resolution: number): number;
}

const hour = 3_600_000;
const day = 24 * hour;
const restFor = 2 * hour;
const mostReports = 4;
/** Cells of 180 km: none is told coarser. */
const coarsest = 2;

/** What is remembered when a look for cells of this resolution begins; of another level's nothing, but when the service may be asked. */
export function memoryFor(resolution: number, before: CellMemory | undefined, now: number): CellMemory {
  if (before?.resolution !== resolution) return { resolution, reports: [] };
  return {
    ...before,
    // A clock that was wrong holds nothing up for longer than a right one.
    reports: before.reports.map((at) => Math.min(at, now)).filter((at) => now - at < day),
    candidate: before.candidate && {
      ...before.candidate,
      since: Math.min(before.candidate.since, now),
    },
  };
}

/** What is remembered after the device was seen somewhere. */
export function afterSighting(memory: CellMemory, position: Position, now: number, grid: Grid): CellMemory {
  const { present, candidate, reports } = memory;
  const seen =
    candidate && mayBeIn(candidate.cell, position, grid)
      ? candidate
      : { cell: cellFor(position, memory.resolution, grid), since: now };
  // One that was told while the place was known vaguely gives way to a finer one.
  const isFiner = present !== undefined && grid.resolutionOf(seen.cell) > grid.resolutionOf(present.cell);
  if (present && !isFiner && mayBeIn(present.cell, position, grid))
    return { ...memory, candidate: undefined };
  // The first of all is told at once: it follows nothing, and who grants it sees at once what that means.
  const rested = present === undefined || now - seen.since >= restFor;
  if (!rested || reports.length >= mostReports) return { ...memory, candidate: seen };
  const told: PresentCell = { cell: seen.cell, source: position.source, at: hourOf(now) };
  return { ...memory, present: told, candidate: undefined, reports: [...reports, now] };
}

export const hourOf = (at: number): number => at - (at % hour);

/** The cell, as fine as it may be and no finer than the position is known. */
export function cellFor(
  { latitude, longitude, accuracyMetres }: Position,
  finest: number,
  grid: Grid,
): string {
  let resolution = finest;
  while (resolution > coarsest && grid.edgeMetres(resolution) < accuracyMetres) resolution--;
  return grid.cellOf(latitude, longitude, resolution);
}

/** Whether the device may be in the cell, as far as the position is known. */
function mayBeIn(cell: string, { latitude, longitude, accuracyMetres }: Position, grid: Grid): boolean {
  const resolution = grid.resolutionOf(cell);
  if (grid.cellOf(latitude, longitude, resolution) === cell) return true;
  const [north, east] = grid.middleOf(cell);
  const [up, right] = [
    (north - latitude) * metresPerDegree,
    turned(east - longitude) * metresPerDegree * shrink(latitude),
  ];
  const distance = Math.hypot(up, right);
  if (distance <= accuracyMetres) return true;
  // The nearest that it may be to the middle.
  const part = accuracyMetres / distance;
  const nearer = [
    latitude + (up * part) / metresPerDegree,
    longitude + turned(east - longitude) * part,
  ] as const;
  return grid.cellOf(...nearer, resolution) === cell;
}

const metresPerDegree = 111_195;

const shrink = (latitude: number): number => Math.cos((latitude * Math.PI) / 180);

/** The shorter way round, degrees. */
const turned = (degrees: number): number => degrees - 360 * Math.round(degrees / 360);
