/**
 * What an Ichnaea-compatible service is asked (`POST /v1/geolocate`) and what of its answer is believed. It learns
 * where the device is: it is a recipient, and asked only where the grant names it.
 */
import { type AccessPoint, isMappable } from "../linux/access-points.ts";
import type { CellTower } from "./modem-manager.ts";
import { type Position, positionOf } from "./position.ts";

const fewestPoints = 2;
const mostPoints = 20;

/**
 * The body of the request; null where there is nothing to ask with. Access points are left out whose owner said no,
 * or could not say it because the name is hidden, and those with made-up addresses. A single one is not asked for:
 * its own place would be the answer, and who looks for somebody's could ask so.
 */
export function geolocateQuery(
  points: readonly AccessPoint[],
  towers: readonly CellTower[],
): Record<string, unknown> | null {
  const usable = points
    .filter((point) => isMappable(point) && point.ssid !== undefined)
    .toSorted((a, b) => (b.signalDbm ?? weakest) - (a.signalDbm ?? weakest))
    .slice(0, mostPoints);
  const wifiAccessPoints = usable.length < fewestPoints ? [] : usable.map(pointOf);
  if (wifiAccessPoints.length === 0 && towers.length === 0) return null;
  return {
    // The address of the request says nothing that the server would not know itself.
    considerIp: false,
    fallbacks: { ipf: false, lacf: true },
    ...(wifiAccessPoints.length > 0 ? { wifiAccessPoints } : {}),
    ...(towers.length > 0 ? { cellTowers: towers } : {}),
  };
}

const weakest = -200;

function pointOf({ bssid, signalDbm, frequency, secondsAgo }: AccessPoint) {
  return {
    macAddress: bssid,
    ...(signalDbm === undefined ? {} : { signalStrength: Math.round(signalDbm) }),
    ...(frequency === undefined ? {} : { frequency }),
    ...(secondsAgo === undefined ? {} : { age: Math.round(secondsAgo * 1_000) }),
  };
}

/** The position in an answer of status 200; undefined for nonsense, and where only the address was looked up. */
export function parseGeolocation(text: string, source: "wifi" | "cells"): Position | undefined {
  const answer = parsed(text);
  const location = member(answer, "location");
  const [latitude, longitude] = [member(location, "lat"), member(location, "lng")];
  const accuracyMetres = member(answer, "accuracy");
  if (typeof latitude !== "number" || typeof longitude !== "number") return undefined;
  if (typeof accuracyMetres !== "number" || member(answer, "fallback") === "ipf") return undefined;
  return positionOf({ latitude, longitude, accuracyMetres, ageSeconds: 0, source });
}

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
