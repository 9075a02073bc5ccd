/** Who is calling, and the scope that follows from it. */
import type { Scope } from "../store/scope.ts";
import { permits, type Role } from "./roles.ts";

/** An installation as a session finds it. */
export interface CallingInstallation {
  readonly ordinal: number;
  readonly id: string;
  readonly device: number;
}

export interface CallingAccount {
  readonly name: string;
  readonly role: Role;
  /** null: all groups. */
  readonly groups: readonly string[] | null;
}

export function accountScope({ role, groups }: CallingAccount): Scope {
  return {
    devices: groups === null ? { kind: "all" } : { kind: "groups", groups },
    sensitive: permits(role, "inventory.read-sensitive"),
    purpose: "inventory",
  };
}
