/** Whose homes there are to look at. */
import { lstatSync } from "node:fs";
import { join, posix } from "node:path";
import { type Account, type Accounts, accountSources, readAccounts } from "../linux/accounts.ts";
import { isRemote } from "../linux/filesystems.ts";
import { type Mount, mountSources, readMounts } from "../linux/mounts.ts";
import type { Look } from "./collector.ts";

/** A person's home, and the numbers of account and group to read it as. Nobody's name goes with it. */
export interface Home {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/** What has to be read to know them. */
export const homeSources: readonly string[] = [...accountSources, ...mountSources];

/** Each takes a process its time: what stands on a host of many people is no list of what each of them has. */
const mostHomes = 16;

/**
 * The homes that this account may look at and that may have one of these places (`~/.mozilla`): root those of all
 * people, everybody else their own. One that lies on another machine, or is mounted when somebody goes there, is
 * not asked.
 */
export function homesWith(places: readonly string[], look: Look, account: number): Home[] {
  const mounts = readMounts(look);
  const homes = homesOf(readAccounts(look), account)
    .filter(({ path }) => !isElsewhere(mountOf(path, mounts)))
    .filter(({ path }) => isStrange(path, mounts) || places.some((place) => mayHave(path, place)));
  if (homes.length > mostHomes) look.note(`${homes.length - mostHomes} homes were not looked at`);
  return homes.slice(0, mostHomes);
}

/**
 * In the order of the accounts' numbers: root's word counts for all people, everybody else's for themselves. Of
 * several accounts with one home the first is as good as any other.
 */
export function homesOf({ all, isSystem }: Accounts, account: number): Home[] {
  const homes = all
    .filter(({ uid }) => uid === account || (account === 0 && !isSystem(uid)))
    .filter(canLogIn)
    .map(({ home = "", uid, gid }) => ({ path: plainPath(home), uid, gid }))
    .filter(({ path }) => path.startsWith("/") && path !== "/");
  const byPath = new Map(homes.toReversed().map((home) => [home.path, home]));
  return [...byPath.values()].sort((one, other) => one.uid - other.uid);
}

const noShells = /\/(nologin|false|true|sync|halt|shutdown)$/;

/** No shell is /bin/sh. */
const canLogIn = ({ shell = "" }: Account): boolean => !noShells.test(shell);

const plainPath = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, "");

function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  return mounts
    .filter(({ mount }) => isBelow(path, mount))
    .reduce<Mount | undefined>(
      (nearest, each) => (each.mount.length > (nearest?.mount.length ?? 0) ? each : nearest),
      undefined,
    );
}

const isBelow = (path: string, mount: string): boolean =>
  mount === "/" || path === mount || path.startsWith(`${mount}/`);

const isElsewhere = (mount: Mount | undefined): boolean =>
  mount !== undefined && (isRemote(mount) || mount.type === "autofs");

/** A file system that a program of the person answers for, or another one within the home: only the person asks there. */
function isStrange(path: string, mounts: readonly Mount[]): boolean {
  return (
    mountOf(path, mounts)?.type.startsWith("fuse") === true ||
    mounts.some(({ mount }) => mount !== path && isBelow(mount, path))
  );
}

/** Looks at no more than is needed to spare a process, and follows no link. */
function mayHave(home: string, place: string): boolean {
  let here = home;
  for (const part of place.split("/").slice(1)) {
    here = join(here, part);
    try {
      const facts = lstatSync(here, { throwIfNoEntry: false });
      if (facts === undefined) return false;
      if (facts.isSymbolicLink()) return true;
    } catch {
      return true;
    }
  }
  return true;
}
