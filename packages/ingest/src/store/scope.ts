/**
 * The caller's scope: what a read may reach. Every read of the store and the index takes one as its first
 * argument; there is no reading without.
 */
import type { Purpose } from "@rollcall/protocol";

export type Scope = {
  /** Whose devices: all, those of some groups, or one installation's own. */
  readonly devices:
    | { readonly kind: "all" }
    | { readonly kind: "groups"; readonly groups: readonly string[] }
    | { readonly kind: "installation"; readonly ordinal: number };
  /** Whether sensitive fields may be read; what may not be read may not be searched, sorted or counted. */
  readonly sensitive: boolean;
  readonly purpose: Purpose | "protocol";
};

/** The server's own scope while it finds out who is calling; what it reads so never reaches an answer unchecked. */
export const protocolScope: Scope = { devices: { kind: "all" }, sensitive: true, purpose: "protocol" };

/** What a device may read: its own. */
export function installationScope(ordinal: number): Scope {
  return { devices: { kind: "installation", ordinal }, sensitive: true, purpose: "protocol" };
}
