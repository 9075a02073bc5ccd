/** What the person at a device calls wrong, as far as the caller may read the field that it is about. */
import { type Correction, sectionNamed } from "@rollcall/protocol";
import type { Scope } from "../store/scope.ts";

export function correctionsView(corrections: readonly Correction[], { sensitive }: Scope) {
  const hidden = new Set(sensitive ? [] : corrections.filter(isSensitive));
  return {
    view: corrections.map((correction) =>
      hidden.has(correction) ? { ...correction, value: null, collected: null, reason: null } : correction,
    ),
    masked: [...hidden].map(({ section, field }) => `corrections.${section}.${field}`),
  };
}

/** By itself, or because what it stands in is; one that is not declared counts as such. */
function isSensitive({ section, field: path }: Correction): boolean {
  const above = (sectionNamed(section)?.flat ?? []).filter(
    (at) => at.path === path || path.startsWith(`${at.path}.`),
  );
  return (
    !above.some((at) => at.path === path) || above.some(({ field }) => field.facts.sensitivity !== "plain")
  );
}
