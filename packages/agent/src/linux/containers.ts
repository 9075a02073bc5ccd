/**
 * Whether the system runs in a container, and in whose. A /.dockerenv proves nothing: it stays in an image that
 * is booted as a machine. What counts is what the kernel says of the first process and of this one's mounts.
 */
import type { Look } from "../collecting/collector.ts";
import { type Mount, mountSources, readMounts } from "./mounts.ts";

const paths = {
  cgroup: "/proc/1/cgroup",
  /** Where the first processes are the kernel's own, the second is this thread. */
  secondProcess: "/proc/2/comm",
  kernelRelease: "/proc/sys/kernel/osrelease",
  openvz: "/proc/vz",
  openvzHost: "/proc/bc",
  systemd: "/run/systemd/container",
  host: "/run/host/container-manager",
  podman: "/run/.containerenv",
} as const;

export const containerSources: readonly string[] = [...Object.values(paths), ...mountSources];

/** Names as systemd-detect-virt(1) has them; any other container is `container-other`. */
const managers: ReadonlySet<string> = new Set([
  "docker",
  "lxc",
  "lxc-libvirt",
  "podman",
  "pouch",
  "proot",
  "rkt",
  "systemd-nspawn",
  "wsl",
]);

export function readContainer(look: Look): string | undefined {
  const found = containerOfCgroup(look.text(paths.cgroup) ?? "") ?? containerOfMounts(readMounts(look));
  if (found !== undefined) return found;
  if (look.exists(paths.openvz) && !look.exists(paths.openvzHost)) return "openvz";
  if (/microsoft|wsl/i.test(look.text(paths.kernelRelease) ?? "")) return "wsl";
  // Below /run, files of a container may have stayed in an image as well.
  if (look.text(paths.secondProcess)?.trim() === "kthreadd") return undefined;
  const said = (look.text(paths.systemd) ?? look.text(paths.host))?.trim();
  if (said) return managers.has(said) ? said : "container-other";
  return look.exists(paths.podman) ? "podman" : undefined;
}

/** Control groups of a container's first process, as they show where it has no control group namespace. */
export function containerOfCgroup(cgroup: string): string | undefined {
  return cgroupNames.find(([pattern]) => pattern.test(cgroup))?.[1];
}

const cgroupNames = [
  [/\/docker[-/][0-9a-f]{12}/, "docker"],
  [/\/libpod[-_/]/, "podman"],
  [/\/(lxc|lxc\.payload)[./]/, "lxc"],
  [/\/systemd-nspawn@/, "systemd-nspawn"],
  [/\/(kubepods|crio-|cri-containerd|ecs\/|garden\/|containerd\/)/, "container-other"],
] as const;

/** Managers lay files and a root of their own over those of the image. */
export function containerOfMounts(mounts: readonly Mount[]): string | undefined {
  if (mounts.some(({ mount, type }) => type === "fuse.lxcfs" && mount.startsWith("/proc/"))) return "lxc";
  const laid = mounts.map(({ mount, type, root, options }) =>
    mount === "/" && type === "overlay" ? options : laidFiles.has(mount) ? root : "",
  );
  return laidBy.find(([part]) => laid.some((from) => from.includes(part)))?.[1];
}

const laidFiles: ReadonlySet<string> = new Set([
  "/etc/hostname",
  "/etc/hosts",
  "/etc/resolv.conf",
  "/run/.containerenv",
]);

/** Docker's own files tell more than those of what it is built on, so they come first. */
const laidBy = [
  ["/docker/containers/", "docker"],
  ["/docker/overlay2/", "docker"],
  ["/containers/storage/", "podman"],
  ["/overlay-containers/", "podman"],
  ["/vfs-containers/", "podman"],
  ["/kubelet/pods/", "container-other"],
  ["/io.containerd.", "container-other"],
] as const;
