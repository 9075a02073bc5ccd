/** What is mounted where: /proc/PID/mountinfo, or the older /proc/PID/mounts (proc(5)). */
import type { Look } from "../collecting/collector.ts";

export interface Mount {
  /** `major:minor` of what holds it; undefined where only the older file is there. Major 0 is no block device. */
  readonly device?: string;
  /** What of the file system is seen here: `/`, or less for a bind mount or subvolume. */
  readonly root: string;
  readonly mount: string;
  readonly type: string;
  readonly source: string;
  /** Of the file system, comma between them. */
  readonly options: string;
}

const paths = {
  ownInfo: "/proc/self/mountinfo",
  firstInfo: "/proc/1/mountinfo",
  own: "/proc/self/mounts",
  all: "/proc/mounts",
} as const;

export const mountSources: readonly string[] = Object.values(paths);

const MiB = 2 ** 20;
/** Hosts of containers have thousands. */
const mostBytes = 16 * MiB;
const mostMounts = 65_536;

/** What can be seen: of several mounts at one place the last. */
export function readMounts(look: Look): Mount[] {
  const text = (path: string) => look.text(path, mostBytes);
  // Below another root `self` is this process all the same when that root is a running system's.
  const info = (look.live ? undefined : text(paths.firstInfo)) ?? text(paths.ownInfo);
  const mounts =
    info === undefined ? parseMounts(text(paths.own) ?? text(paths.all) ?? "") : parseMountinfo(info);
  return [...new Map(mounts.map((mount) => [mount.mount, mount])).values()];
}

/** `36 35 98:0 /sub /mnt rw,noatime master:1 - ext4 /dev/sda1 rw`: optional fields end with the dash. */
export function parseMountinfo(text: string): Mount[] {
  return lines(text, (fields) => {
    const dash = fields.indexOf("-");
    const [, , device, root, mount] = fields;
    const [type, source, options = ""] = dash === -1 ? [] : fields.slice(dash + 1);
    if (device === undefined || root === undefined || mount === undefined) return undefined;
    if (type === undefined || source === undefined) return undefined;
    return {
      device,
      root: unescaped(root),
      mount: unescaped(mount),
      type,
      source: unescaped(source),
      options,
    };
  });
}

/** `/dev/sda1 /mnt ext4 rw 0 0` (fstab(5)). */
export function parseMounts(text: string): Mount[] {
  return lines(text, ([source, mount, type, options = ""]) => {
    if (source === undefined || mount === undefined || type === undefined) return undefined;
    return { root: "/", mount: unescaped(mount), type, source: unescaped(source), options };
  });
}

function lines(text: string, parse: (fields: readonly string[]) => Mount | undefined): Mount[] {
  return text
    .split("\n", mostMounts)
    .flatMap((line) => parse(line.split(" ")) ?? [])
    .filter(({ mount }) => mount.startsWith("/"));
}

/** Blanks, tabs, newlines, `#` and `\` are written as three octal digits; bytes, not characters. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
