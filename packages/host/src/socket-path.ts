/**
 * Addresses of local sockets. The kernel takes 107 bytes of path; on Linux a longer one is reached through the
 * folder's descriptor below /proc/self/fd (unix(7), proc(5)).
 */
import { closeSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const longest = 100;

/** Calls `use` with an address that fits, and lets go of what it took when that is settled. */
export async function withSocketPath<T>(path: string, use: (address: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= longest || process.platform !== "linux") return use(path);
  const folder = openSync(dirname(path), "r");
  try {
    return await use(join("/proc/self/fd", String(folder), basename(path)));
  } finally {
    closeSync(folder);
  }
}
