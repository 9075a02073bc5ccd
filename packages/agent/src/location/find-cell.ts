/** Finds the cell that is told: asks the sources in the order of their quality, and lets the device rest. */
import type { DocumentNamed } from "@rollcall/protocol";
import type { Collected, Look } from "../collecting/collector.ts";
import { heardAccessPoints } from "../linux/wifi-devices.ts";
import type { ServiceAnswer } from "./ask-service.ts";
import type { CellMemory, CellSearch, GeolocationService, PresentCell } from "./cell-memory.ts";
import { geolocateQuery, parseGeolocation } from "./geolocate.ts";
import { positionOfGpsd } from "./gpsd.ts";
import { type CellTower, placesOfModems } from "./modem-manager.ts";
import { bestOf, type Position } from "./position.ts";
import { afterSighting, cellFor, type Grid, hourOf, memoryFor } from "./resting.ts";

type Location = DocumentNamed<"location">;

let loading: Promise<Grid> | undefined;

/** Resolving an import again and again costs more than what is asked of it. */
const loadedGrid = (): Promise<Grid> => (loading ??= import("./grid.ts").then(({ grid }) => grid));

/** Coordinates are told to 11 metres, less than the finest cell. */
const steps = 10_000;

/** The owner's word needs no rest: it moves when the owner says so. */
export async function fixedPlace({ fixed, resolution }: CellSearch): Promise<Location | undefined> {
  if (fixed === undefined) return undefined;
  const grid = await loadedGrid();
  const cell = cellFor({ ...fixed, accuracyMetres: 0, ageSeconds: 0, source: "fixed" }, resolution, grid);
  return locationOf({ cell, source: "fixed", at: hourOf(fixed.at) }, grid);
}

type AskService = (service: GeolocationService, query: object) => Promise<ServiceAnswer | string>;

const askLoaded: AskService = async (service, query) =>
  (await import("./ask-service.ts")).askService(service, query);

/** Looks where the device is. What is told of it is the cell that it rests in, or rested in when it was last seen. */
export async function restingPlace(
  look: Look,
  search: CellSearch,
  ask: AskService = askLoaded,
): Promise<Collected<Location>> {
  const before = memoryFor(search.resolution, search.memory, search.now);
  const { position, ...asked } = await sighting(look, search, before, ask);
  const remembered = { ...before, ...asked };
  if (position === undefined && before.present === undefined) return { nothing: "none", memory: remembered };
  const found = toldOf(remembered, position, search.now, await loadedGrid());
  if (found.memory?.candidate)
    look.note("the device is in another cell, which is told once it has rested there");
  return found;
}

/** What is told after a look, and remembered; `position` is undefined where nothing knew it. */
export function toldOf(
  before: CellMemory,
  position: Position | undefined,
  now: number,
  grid: Grid,
): Collected<Location> {
  const memory = position ? afterSighting(before, position, now, grid) : before;
  if (!memory.present) return { nothing: "none", memory };
  return { document: locationOf(memory.present, grid), memory };
}

function locationOf({ cell, source, at }: PresentCell, grid: Grid): Location {
  const own = grid.resolutionOf(cell);
  const [north, east] = grid.middleOf(cell);
  const rounded = (degrees: number) => Math.round(degrees * steps) / steps;
  return {
    cell,
    resolution: own,
    accuracyMetres: Math.ceil(grid.edgeMetres(own)),
    // Left out again by the definition's rule where the level is not `precise`.
    latitude: rounded(north),
    longitude: rounded(east),
    source,
    at: new Date(at).toISOString(),
  };
}

interface Sighting extends Pick<CellMemory, "serviceQuietUntil"> {
  readonly position?: Position | undefined;
}

/** The service is told what is around the device only where nothing on the device knows the place. */
async function sighting(
  look: Look,
  search: CellSearch,
  memory: CellMemory,
  ask: AskService,
): Promise<Sighting> {
  const [satellites, modems] = await Promise.all([positionOfGpsd(look), placesOfModems(look, search.now)]);
  const position = bestOf([satellites, ...modems.map((modem) => modem.position)]);
  const { service, now } = search;
  if (position || !service) return { position };
  if ((memory.serviceQuietUntil ?? 0) > now) return {};
  const towers = modems.flatMap(({ tower }) => tower ?? []);
  return askedOf(look, service, towers, { now, ask });
}

const day = 86_400;

async function askedOf(
  look: Look,
  service: GeolocationService,
  towers: readonly CellTower[],
  { now, ask }: { readonly now: number; readonly ask: AskService },
): Promise<Sighting> {
  const heard = await heardAccessPoints(look);
  const query = geolocateQuery("nothing" in heard ? [] : heard.accessPoints, towers);
  if (!query) return {};
  const answer = await ask(service, query);
  if (typeof answer === "string" || answer.status !== 200) {
    look.note(`the geolocation service: ${typeof answer === "string" ? answer : `status ${answer.status}`}`);
    if (typeof answer === "string" || answer.status !== 429) return {};
    return { serviceQuietUntil: now + Math.min(answer.retryAfter ?? 3_600, day) * 1_000 };
  }
  const position = parseGeolocation(answer.text, query.wifiAccessPoints === undefined ? "cells" : "wifi");
  if (!position) look.note("the geolocation service does not know where this is");
  return { position };
}
