/** When the system was installed: no file says so, several hint at it. */
import type { Look } from "../collecting/collector.ts";

const root = "/";
/** Written once: by making the file system, at the first start, at the end of the installation. */
const writtenOnce = ["/lost+found", "/etc/machine-id"] as const;
const installerLogs = ["/var/log/installer", "/var/log/anaconda"] as const;

export const installedAtSources: readonly string[] = [root, ...writtenOnce, ...installerLogs];

/** File systems and computers without a clock say 1970 or 1980; no system that this program runs on is older. */
const earliest = Date.UTC(2000, 0, 1);
const mostLogs = 64;

/** The earliest hint (milliseconds since 1970) that can be true, `latest` being the last moment that one may name. */
export function earliestCredible(hints: readonly number[], latest: number): string | undefined {
  const credible = hints.filter((hint) => hint >= earliest && hint <= latest);
  return credible.length === 0 ? undefined : new Date(Math.floor(Math.min(...credible))).toISOString();
}

/** The day after the last that a package's install date may name. */
const latestOfPackage = Date.UTC(2100, 0, 1);

/** When a package was installed, to the second, by milliseconds since 1970; undefined when that cannot be true. */
export function credibleInstant(milliseconds: number | undefined): string | undefined {
  if (milliseconds === undefined || !(milliseconds >= earliest && milliseconds < latestOfPackage))
    return undefined;
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/**
 * The same in every run: what was made since the running system started tells of that start (a live medium, a
 * container), and is left out.
 *
 * @param now milliseconds since 1970
 * @param uptimeSeconds of the running system
 */
export function readInstalledAt(
  look: Look,
  now: number,
  uptimeSeconds: number | undefined,
): string | undefined {
  const logs = installerLogs.flatMap((folder) =>
    look
      .names(folder)
      .slice(0, mostLogs)
      .map((name) => `${folder}/${name}`),
  );
  const hints = [root, ...writtenOnce, ...installerLogs, ...logs].flatMap((path) => hintsOf(look, path));
  return earliestCredible(hints, look.live && uptimeSeconds !== undefined ? now - uptimeSeconds * 1000 : now);
}

/**
 * Below another root births are those of the copy. One that is not before the last change is none: where the
 * system keeps no births, the time of the last change of the inode stands in its place, and that moves. The last
 * change of the root folder is of no use.
 */
function hintsOf(look: Look, path: string): number[] {
  const { born, modified } = look.stat(path) ?? { born: 0, modified: 0 };
  return [...(look.live && born < modified ? [born] : []), ...(path === root ? [] : [modified])];
}
