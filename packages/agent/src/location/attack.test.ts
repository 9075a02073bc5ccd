// Somebody has everything that a device sent of its place in 30 days: no home is found more closely than by pointing
// at the middle of a cell. What the other sections tell of a place is tried in `told-elsewhere.test.ts`.
import { type DocumentNamed, sectionNamed } from "@rollcall/protocol";
import { cellToLatLng, edgeLength, gridDistance, isValidCell, originToDirectedEdges } from "h3-js";
import t from "tap";
import { z } from "zod";
import { foundSection } from "../collecting/found-section.ts";
import { openLook } from "../collecting/look.ts";
import { collector } from "../collectors/location.ts";
import { type Commuter, commuter, distance, type Moment, type Point } from "../testing/commuter.ts";
import type { CellMemory } from "./cell-memory.ts";
import { toldOf } from "./find-cell.ts";
import { parseGpsd } from "./gpsd.ts";
import { grid } from "./grid.ts";
import { memoryFor } from "./resting.ts";

const homes = 1_000;
const city = 5;
/** The middle of a hexagon is that far from half of all points in it, by its edge. */
const middleOfCell = 0.64;

const definition = sectionNamed("location");
if (!definition) throw new Error("there is no section location");
const { name } = definition;
const rule = { ownership: "personal", level: "city" } as const;

/** What gpsd says. */
const said = ({ fix }: Moment): string =>
  fix === null
    ? '{"class":"TPV","mode":1}\n'
    : `{"class":"TPV","mode":3,"lat":${fix.latitude},"lon":${fix.longitude},"eph":${fix.error}}\n`;

type Location = DocumentNamed<"location">;
type Collected = ReturnType<typeof toldOf>;
type Collecting = (moment: Moment, memory: CellMemory | undefined) => Collected | Promise<Collected>;

/** The collector, on a machine whose receiver says that. */
const byCollector: Collecting = async (moment, memory) => {
  const look = {
    ...openLook({ root: null, reads: [] }),
    hear: async () => said(moment),
    run: async () => undefined,
  };
  const search = { resolution: city, now: moment.at, memory };
  const location = { level: "city", search } as const;
  const facts = {
    platform: "linux",
    agentVersion: "0.1.0",
    applications: [],
    server: null,
    location,
  } as const;
  const collected = await collector.platforms.linux?.collect(look, facts);
  if (!collected) throw new Error("nothing was collected");
  return collected;
};

/** What the collector does with what it heard, without the waiting in between: for many homes. */
const byItsParts: Collecting = (moment, memory) =>
  toldOf(memoryFor(city, memory, moment.at), parseGpsd(said(moment))?.position, moment.at, grid);

interface Told {
  readonly at: number;
  readonly document: unknown;
}

/** What is sent: each document that is another than the one before, as it leaves the device. */
async function toldBy({ moments }: Commuter, collect: Collecting): Promise<Told[]> {
  const told: Told[] = [];
  let memory: CellMemory | undefined;
  let before: Location | undefined;
  for (const moment of moments) {
    const collected = collect(moment, memory);
    const { memory: after, ...found } = collected instanceof Promise ? await collected : collected;
    memory = after;
    if (!("document" in found) || JSON.stringify(found.document) === JSON.stringify(before)) continue;
    before = found.document;
    const outcome = { section: name, status: "ok", document: found.document, diagnostics: [] } as const;
    if (!definition) continue;
    told.push({ at: moment.at, document: foundSection(definition, outcome, rule).document });
  }
  return told;
}

/** The cells in everything that was sent, whatever it is called, and how long each was told. */
function cellsIn(told: readonly Told[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const [index, { at, document }] of told.entries()) {
    const until = told[index + 1]?.at ?? at;
    for (const text of JSON.stringify(document).match(/[0-9a-f]{15}/g) ?? [])
      if (isValidCell(text)) times.set(text, (times.get(text) ?? 0) + until - at);
  }
  return times;
}

const middleOf = (cell: string): Point => {
  const [latitude, longitude] = cellToLatLng(cell);
  return { latitude, longitude };
};

function mean(points: readonly Point[]): Point {
  const part = (of: (point: Point) => number) =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  return { latitude: part((point) => point.latitude), longitude: part((point) => point.longitude) };
}

/** Where attackers point, by what they make of the cells, the one that was told longest before the others. */
const attacks: Readonly<Record<string, (cells: readonly string[], home: string) => Point>> = {
  "points at the middle of the home's cell": (_, home) => middleOf(home),
  "points at the middle of the cell that was told longest": ([first = ""]) => middleOf(first),
  "points between the home's cell and its neighbours": (cells, home) =>
    mean(cells.filter((cell) => cell === home || isNeighbour(cell, home)).map(middleOf)),
  "points from the home's cell a little towards the other places": (cells, home) => {
    const others = mean(cells.map(middleOf));
    const at = middleOf(home);
    const nearer = (a: number, b: number) => a + (b - a) * 0.05;
    return {
      latitude: nearer(at.latitude, others.latitude),
      longitude: nearer(at.longitude, others.longitude),
    };
  },
};

function isNeighbour(cell: string, home: string): boolean {
  try {
    return gridDistance(cell, home) === 1;
  } catch {
    return false;
  }
}

const edgeOf = (cell: string): number => {
  const edges = originToDirectedEdges(cell).map((edge) => edgeLength(edge, "m"));
  return edges.reduce((sum, each) => sum + each, 0) / edges.length;
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

t.test(
  "tells the same by the collector as by its parts, a cell of the level and nothing finer",
  async (t) => {
    const document = z.strictObject({
      cell: z.string().refine((cell) => isValidCell(cell) && grid.resolutionOf(cell) === city),
      resolution: z.literal(city),
      accuracyMetres: z.literal(9_855),
      source: z.literal("gpsd"),
      at: z.string().regex(/:00:00\.000Z$/),
    });
    for (let seed = 0; seed < 5; seed++) {
      const told = await toldBy(commuter(seed), byCollector);
      t.same(await toldBy(commuter(seed), byItsParts), told);
      t.ok(told.length > 5);
      for (const each of told) t.ok(document.safeParse(each.document).success);
      // Four at most in any 24 hours.
      for (const [index, { at }] of told.entries())
        t.ok((told[index + 4]?.at ?? Number.POSITIVE_INFINITY) - at >= 86_400_000);
    }
  },
);

t.test("lets nobody find a home more closely than by the middle of a cell", async (t) => {
  const errors = new Map(Object.keys(attacks).map((attack) => [attack, [] as number[]]));
  let [told, homesTold] = [0, 0];
  for (let seed = 0; seed < homes; seed++) {
    const person = commuter(seed);
    const cells = cellsIn(await toldBy(person, byItsParts));
    const longest = [...cells.keys()].toSorted((a, b) => (cells.get(b) ?? 0) - (cells.get(a) ?? 0));
    const { latitude, longitude } = person.home;
    const home = grid.cellOf(latitude, longitude, city);
    told += longest.length;
    if (cells.has(home)) homesTold++;
    for (const [attack, point] of Object.entries(attacks))
      errors.get(attack)?.push(distance(point(longest, home), person.home) / edgeOf(home));
  }
  t.ok(homesTold > homes * 0.99, "what is attacked is told at all");
  t.ok(told > homes * 3, "and the ways of a month with it");
  for (const [attack, found] of errors)
    t.ok(median(found) >= middleOfCell * 0.95, `${attack}: ${median(found)}`);
});
