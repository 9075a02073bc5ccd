/** Looking at the machine for a person's eyes: which sections, and how. */
import { allSections, type SectionDefinition, sectionNamed } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import type { Collect } from "../check-in/found.ts";
import { boundedly } from "../collecting/careful.ts";
import { collecting, type LookAround } from "../collecting/collecting.ts";
import { withHomes } from "../collecting/in-homes.ts";
import { inProcess } from "../collecting/in-process.ts";
import { whereaboutsIn } from "../location/whereabouts.ts";
import { StateDirectory } from "../state/directory.ts";
import { readFailures } from "../state/failures.ts";
import { type Installation, unlinkedFile } from "../state/files.ts";
import type { Context } from "./context.ts";

/** The sections of these names, or all. */
export function wantedSections(names: readonly string[]): readonly SectionDefinition[] {
  if (names.length === 0) return allSections;
  return names.map((name) => {
    const definition = sectionNamed(name);
    if (definition) return definition;
    const known = namesBelow(name).join(", ");
    throw new AgentError("usage", `there is no section ${name}; there are ${known}`);
  });
}

/** Sections of a category of this name or of names that begin with it; all, where there are none. */
function namesBelow(typed: string): string[] {
  const below = allSections.filter(
    ({ name, category }) => category === typed || name.startsWith(`${typed}.`),
  );
  return (below.length > 0 ? below : allSections).map(({ name }) => name);
}

/** For an installation, or for a device that has none yet. */
export async function lookFor(context: Context, installation: Installation | null): Promise<Collect> {
  const directory = new StateDirectory(context.stateDirectory);
  const around = {
    ...context,
    server: installation?.server ?? null,
    applications: installation?.applications ?? [],
    isUnlinked: directory.read(unlinkedFile) !== undefined,
    failures: () => readFailures(directory),
    whereabouts: whereaboutsIn(directory, { now: context.now, keeps: false }),
  };
  return collecting(around, withHomes(context.rootfs === null ? await here() : boundedly()));
}

/** In this process: a person waits, and can end it. Another machine's tree may lie on a server that does not answer. */
async function here(): Promise<LookAround> {
  const { collectors } = await import("../collectors/index.generated.ts");
  return inProcess(collectors);
}
