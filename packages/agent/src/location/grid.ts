/** The H3 grid. Loading it costs 20 ms of processor, so that only who has a position does. */
import { cellToLatLng, getHexagonEdgeLengthAvg, getResolution, latLngToCell } from "h3-js";
import type { Grid } from "./resting.ts";

export const grid: Grid = {
  cellOf: latLngToCell,
  resolutionOf: getResolution,
  middleOf: cellToLatLng,
  edgeMetres: (resolution) => getHexagonEdgeLengthAvg(resolution, "m"),
};
