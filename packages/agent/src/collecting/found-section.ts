/** A collector's outcome as a section: in its one form, and without what would locate the device more finely than it may be. */
import {
  type FailureReason,
  type LocationRule,
  normalise,
  type SectionDefinition,
  withoutLocated,
} from "@rollcall/protocol";
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
  const leftOut = fitted.notes.length > 0 ? (["left-out"] as const) : [];
  if (!fitted.document) return { status: "none", ...beside, ...lost(leftOut) };
  const normal = normalise(definition, fitted.document);
  const cut = Reflect.get(normal, "truncated") === true ? (["cut"] as const) : [];
  return {
    status,
    document: withoutLocated(definition, normal, rule),
    ...beside,
    ...lost([...leftOut, ...cut]),
  };
}

const lost = (reasons: readonly FailureReason[]): Pick<FoundSection, "lost"> =>
  reasons.length > 0 ? { lost: reasons } : {};
