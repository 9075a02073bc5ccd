/** A collector's outcome as a section: in its one form, and without what would locate the device more finely than it may be. */
import { type LocationRule, normalise, type SectionDefinition, withoutLocated } from "@rollcall/protocol";
import type { FoundSection } from "../check-in/found.ts";
import { fit } from "./fit.ts";
import type { Outcome } from "./outcome.ts";

export function foundSection(
  definition: SectionDefinition,
  { status, document, readings, diagnostics }: Outcome,
  rule: LocationRule,
): FoundSection {
  if (status !== "ok") return { status, diagnostics };
  const fitted = fit(definition, document);
  const read = readings === undefined ? { success: true, data: {} } : definition.readings.safeParse(readings);
  const notes = read.success ? [] : ["its readings were left out: they do not fit"];
  const beside = {
    diagnostics: [...diagnostics, ...fitted.notes, ...notes],
    ...(read.success ? { readings: read.data } : {}),
  };
  if (!fitted.document) return { status: "none", ...beside };
  return {
    status,
    document: withoutLocated(definition, normalise(definition, fitted.document), rule),
    ...beside,
  };
}
