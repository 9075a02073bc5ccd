/** JSON columns of devices and installations that more than one domain reads. */
import { applicationsSchema, type StoredConsent } from "@rollcall/protocol";
import { z } from "zod";
import { jsonColumn } from "./columns.ts";
import { grantsIn } from "./grant-columns.ts";

/** The columns of the device list by the section that fills them: `{SECTION: {COLUMN: value}}`. */
const summarySchema = z.record(z.string(), z.record(z.string(), z.unknown()));
export type Summary = z.infer<typeof summarySchema>;
export const readSummary = (text: string): Summary => jsonColumn(summarySchema, text, "devices.summary");

export const applicationsColumn = (text: string) =>
  jsonColumn(applicationsSchema, text, "installations.applications");

/** The consent in a row of installations. */
export const storedConsent = (row: { consent_number: number; grants: string }): StoredConsent => ({
  consentNumber: row.consent_number,
  grants: grantsIn(row.grants, "installations.grants"),
});
