/**
 * `rollcall-agent show`: what is sent of this device, to the byte under `--json`. Before enrolment it looks at
 * everything for the caller's eyes. It stores nothing and sends nothing.
 */
import { type ExitCode, exitCodes } from "@rollcall/host";
import type { Context } from "./context.ts";
import { marksInWords, tellSection } from "./document-view.ts";
import { wantedSections } from "./looking.ts";
import { fateOf, shownOf, whyOf } from "./shown.ts";

export async function showCommand(
  context: Context,
  sections: readonly string[],
  all: boolean,
): Promise<ExitCode> {
  const { output } = context;
  const shown = await shownOf(context, wantedSections(sections), all);
  output.json({
    sections: Object.fromEntries(shown.map(({ definition: { name }, section }) => [name, section])),
  });
  for (const { definition, section, diagnostics } of shown)
    tellSection(output, definition, { ...section, why: whyOf(section), fate: fateOf(section), diagnostics });
  output.line(output.colour.dim(marksInWords));
  return exitCodes.done;
}
