/** A look at one home, or at each in another machine's tree. */
import { statSync } from "node:fs";
import { accountSources, readAccounts } from "../linux/accounts.ts";
import { type Home, homesOf } from "./homes.ts";
import { openLook, placeInside, type WatchedLook } from "./look.ts";

/**
 * For a process that is the home's person: links may lead anywhere, for the system refuses what the person may not
 * read. It refuses root nothing, so out of root's home no link leads.
 */
export function openHome({ path, uid }: Home, reads: readonly string[]): WatchedLook {
  return uid === 0 ? openLook({ root: path, home: "", reads }) : openLook({ root: null, home: path, reads });
}

/** More are not looked at in one tree. */
const mostInTree = 256;

/** Who reads another machine's tree is none of its people: no link leads out of a home. */
export function homesInTree(root: string, reads: readonly string[]): WatchedLook[] {
  const accounts = readAccounts(openLook({ root, reads: accountSources }));
  const places = homesOf(accounts, 0).flatMap(({ path }) => placeOf(root, path) ?? []);
  return places.slice(0, mostInTree).map((place) => openLook({ root: place, home: "", reads }));
}

function placeOf(root: string, path: string): string | undefined {
  try {
    const place = placeInside(root, path);
    return statSync(place).isDirectory() ? place : undefined;
  } catch {
    return undefined;
  }
}
