/** Whether anything may be known of where a device is. */
import { type Grant, isGranted, sectionNamed } from "@rollcall/protocol";

const section = sectionNamed("location");

/** The section that it is withdrawn with. */
export const locationSection = "location";

export const isLocated = (grants: readonly Grant[]): boolean =>
  section !== undefined && isGranted(section, grants);
