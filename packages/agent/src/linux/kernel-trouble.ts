/** What the kernel says of itself: its taints, crashes that were kept, programs that it ended for want of memory. */

/** Bits of /proc/sys/kernel/tainted (kernel.org/doc/html/latest/admin-guide/tainted-kernels.html). */
const taints = [
  "proprietary-module",
  "forced-module",
  "out-of-specification",
  "forced-unload",
  "machine-check",
  "bad-page",
  "user-request",
  "died",
  "acpi-override",
  "warning",
  "staging-driver",
  "firmware-workaround",
  "out-of-tree-module",
  "unsigned-module",
  "soft-lockup",
  "live-patch",
  "auxiliary",
  "structure-randomised",
  "test",
  "userspace-mutated",
] as const;

/** Undefined where there is no such number. */
export function parseTaints(text: string): readonly string[] | undefined {
  if (!/^\d{1,10}\s*$/.test(text)) return undefined;
  const bits = Number(text);
  return taints.filter((_, bit) => Math.floor(bits / 2 ** bit) % 2 === 1);
}

/**
 * Crashes of which there is a record below /sys/fs/pstore. Firmware keeps one in parts, `dmesg-efi-` and the time, part
 * and count as one number, so that what is before the last five digits tells them apart; memory keeps one each.
 */
export function crashesInStore(names: readonly string[]): number {
  const crashes = names.flatMap((name) => {
    const [, backend, id = ""] = /^dmesg-([a-z_]+)-(\d+)/.exec(name) ?? [];
    if (backend === undefined) return [];
    return [`${backend} ${/^efi/.test(backend) ? id.slice(0, -5) : backend === "erst" ? "" : id}`];
  });
  return new Set(crashes).size;
}

/** Folders of kdump, named by the time, on some systems behind an address. */
export const isKernelDump = (name: string): boolean =>
  /^\d{12}$|^[\w.:-]{1,64}-\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d$/.test(name);

/** Since the kernel's start; undefined where it does not count them. */
export function parseOutOfMemory(vmstat: string): number | undefined {
  const count = /^oom_kill (\d{1,10})$/m.exec(vmstat)?.[1];
  return count === undefined ? undefined : Number(count);
}
