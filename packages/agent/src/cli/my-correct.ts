/** `rollcall-agent my correct`: says that a stored value is wrong, and what is right. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { allSections, type CorrectionRequest, type SectionDefinition } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import type { Context } from "./context.ts";
import { askOwn } from "./own-server.ts";
import { recorded } from "./recorded.ts";

export async function correctCommand(
  context: Context,
  typed: string,
  reason: string | undefined,
): Promise<ExitCode> {
  const { output } = context;
  const correction = readCorrection(typed);
  const request = reason === undefined ? correction : { ...correction, reason };
  const { section, field, value } = request;
  const { corrections } = await recorded(
    context,
    "my correct",
    () => askOwn(context, (api) => api.correct(request)),
    () => `${section}.${field} ${value === null ? "no longer corrected" : "corrected"}`,
  );
  output.json({ corrections });
  output.line(
    value === null
      ? `${section}.${field} is shown as it is collected again.`
      : `${section}.${field} is shown with your correction beside it until another value is collected.`,
  );
  return exitCodes.done;
}

/** `SECTION.FIELD=VALUE`; nothing behind the sign takes a correction back. */
function readCorrection(typed: string): CorrectionRequest {
  const at = typed.indexOf("=");
  if (at < 0) throw new AgentError("usage", "my correct takes SECTION.FIELD=VALUE");
  const place = typed.slice(0, at);
  const value = typed.slice(at + 1);
  // Names of sections have dots, too; no section's name is the beginning of another's field.
  const definition = allSections
    .filter(({ name }) => place.startsWith(`${name}.`))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (!definition) {
    const known = allSections.map(({ name }) => name).join(", ");
    throw new AgentError("usage", `${place} names no field of a section; there are ${known}`);
  }
  const field = place.slice(definition.name.length + 1);
  return {
    section: definition.name,
    field,
    value: value === "" ? null : readValue(definition, field, value),
  };
}

/** The value in the form that the field has. Whether it may be corrected is the server's to say. */
function readValue(
  { name, flat }: SectionDefinition,
  path: string,
  typed: string,
): string | number | boolean {
  const kind = flat.find((at) => at.path === path)?.field.kind;
  if (kind === undefined) throw new AgentError("usage", `the section ${name} has no field ${path}`);
  if (kind === "quantity" && /^\d{1,15}$/.test(typed)) return Number(typed);
  if (kind === "flag" && (typed === "true" || typed === "false")) return typed === "true";
  return typed;
}
