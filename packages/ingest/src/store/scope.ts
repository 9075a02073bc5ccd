/**
 * The caller's scope: what a read may reach. Every read of the store and the index takes one as its first
 * argument; there is no reading without.
 */
import type { Purpose } from "@rollcall/protocol";
import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { Schema } from "./schema.ts";

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

/** What concerns the whole server, such as its tokens, is read by who may read every device. */
export const isOverAll = ({ devices }: Scope): boolean => devices.kind === "all";

/** The condition on devices alone: for what a device is named in, whether or not anybody goes on for it. */
export function deviceInScope(
  builder: ExpressionBuilder<Schema, "devices">,
  { devices }: Scope,
): Expression<SqlBool> {
  switch (devices.kind) {
    case "all":
      return builder.lit(true);
    case "groups":
      return devices.groups.length === 0
        ? builder.lit(false)
        : builder("devices.group_name", "in", devices.groups);
    case "installation":
      return builder("devices.ordinal", "in", (own) =>
        own.selectFrom("installations").select("device").where("installations.ordinal", "=", devices.ordinal),
      );
  }
}

/** The condition on devices with their installations; what is not in scope does not exist. */
export function inScope(
  builder: ExpressionBuilder<Schema, "devices" | "installations">,
  { devices, purpose }: Scope,
): Expression<SqlBool> {
  // A device that was merged into another is shown to nobody; its agent may still be there.
  const shown = purpose === "protocol" ? builder.lit(true) : builder("devices.merge", "is", null);
  switch (devices.kind) {
    case "all":
      return shown;
    case "groups":
      return devices.groups.length === 0
        ? builder.lit(false)
        : builder.and([shown, builder("devices.group_name", "in", devices.groups)]);
    case "installation":
      return builder("installations.ordinal", "=", devices.ordinal);
  }
}
