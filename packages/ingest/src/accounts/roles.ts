/** Who may do what: the permissions that routes name, and the roles that have them. */
export const permissions = [
  "inventory.read",
  "inventory.read-sensitive",
  "devices.set",
  "devices.retire",
  "devices.delete",
  "devices.merge",
  "tokens.manage",
  "applications.manage",
  "audit.read",
  "keys.manage",
  "retention.run",
  "index.manage",
  "metrics.read",
] as const;
export type Permission = (typeof permissions)[number];

export const roles = {
  viewer: ["inventory.read"],
  operator: [
    "inventory.read",
    "inventory.read-sensitive",
    "devices.set",
    "devices.retire",
    "devices.merge",
    "metrics.read",
  ],
  admin: [...permissions],
  "privacy-officer": [
    "inventory.read",
    "inventory.read-sensitive",
    "devices.delete",
    "audit.read",
    "retention.run",
  ],
  /** For a program that watches the server. */
  monitor: ["metrics.read"],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof roles;
export const roleNames = [
  "viewer",
  "operator",
  "admin",
  "privacy-officer",
  "monitor",
] as const satisfies readonly Role[];

/** What concerns every group; who is limited to one of them would get out of it with these. */
const overAllGroups: ReadonlySet<Permission> = new Set([
  "tokens.manage",
  "applications.manage",
  "audit.read",
  "keys.manage",
  "retention.run",
  "index.manage",
  "metrics.read",
]);

export function isOverAllGroups(permission: Permission): boolean {
  return overAllGroups.has(permission);
}

export function permits(role: Role, permission: Permission): boolean {
  const granted: readonly Permission[] = roles[role];
  return granted.includes(permission);
}
