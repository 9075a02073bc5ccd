/**
 * On which day (UTC) a section, or any of a device's, changed last: a field for each section, whose values are days. So
 * the index has a set of devices for each section and day, and knows without history who changed since then.
 */
import { day } from "../milliseconds.ts";

const any = "changed";

/** The field of a section, or that of all. */
export const changedField = (section?: string): string => (section === undefined ? any : `${any}.${section}`);

export const isChangedField = (field: string): boolean => field === any || field.startsWith(`${any}.`);

/** Days since 1970. */
export const dayOf = (at: number): number => Math.floor(at / day);
