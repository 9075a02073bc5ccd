/** Whether the machine waits to be started anew: what installers left word of, and a kernel newer than the one that runs. */
import type { Look } from "../collecting/collector.ts";

const paths = {
  /** Of Debian and Ubuntu, with the packages' names beside it; of SUSE. */
  required: "/run/reboot-required",
  packages: "/run/reboot-required.pkgs",
  needed: "/run/reboot-needed",
  staged: "/run/ostree/staged-deployment",
  running: "/proc/sys/kernel/osrelease",
  boot: "/boot",
  modules: "/usr/lib/modules",
  formerModules: "/lib/modules",
} as const;

export const rebootSources: readonly string[] = Object.values(paths);

export interface Reboot {
  readonly isNeeded: boolean;
  /** Packages, or the kernel, because of which. */
  readonly because: readonly string[];
}

const mostPackages = 1_000;

/** Undefined where nothing tells: no word was left, and it is not known which kernels there are. */
export function readReboot(look: Look): Reboot | undefined {
  const isMarked = [paths.required, paths.needed, paths.staged].some((path) => look.exists(path));
  const packages = (look.text(paths.packages) ?? "").split("\n", mostPackages).map((line) => line.trim());
  const running = look.text(paths.running)?.trim();
  const kernels = running === undefined ? [] : kernelsOf(running, installedKernels(look));
  const newer = kernels.filter((kernel) => running !== undefined && compareKernels(kernel, running) > 0);
  if (!isMarked && kernels.length === 0) return undefined;
  const newest = newer.sort(compareKernels).at(-1);
  return {
    isNeeded: isMarked || newest !== undefined,
    because: [
      ...packages.filter((name) => name !== ""),
      ...(newest === undefined ? [] : [`kernel ${newest}`]),
    ],
  };
}

/** Releases of the kernels that can be started. */
function installedKernels(look: Look): string[] {
  const inBoot = look
    .names(paths.boot)
    .flatMap((name) => /^(?:vmlinuz|vmlinux|kernel)-(\d.*)$/.exec(name)?.[1] ?? []);
  const folders = [paths.modules, paths.formerModules].flatMap((folder) =>
    look.names(folder).filter((name) => /^\d/.test(name) && look.exists(`${folder}/${name}/vmlinuz`)),
  );
  return [...new Set([...inBoot, ...folders])];
}

/** Those of the same kind as the running one: `amd64` does not take the place of `cloud-amd64`. */
function kernelsOf(running: string, installed: readonly string[]): string[] {
  return installed.filter((kernel) => kindOf(kernel) === kindOf(running));
}

const kindOf = (kernel: string): string => kernel.replaceAll(/[^A-Za-z]/g, "");

/** Numbers by their size, and above words: `5.14.0-427.13.1.el9` is newer than `5.14.0-427.el9`. */
export function compareKernels(a: string, b: string): number {
  const [one, other] = [segmentsOf(a), segmentsOf(b)];
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const [x = "", y = ""] = [one[at], other[at]];
    const [isNumber, isOther] = [/^\d/.test(x), /^\d/.test(y)];
    if (isNumber !== isOther) return isNumber ? 1 : -1;
    const order = isNumber ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}

const segmentsOf = (kernel: string): readonly string[] => kernel.match(/\d+|[A-Za-z]+/g) ?? [];
