/** `rollcall-agent show --diff`: what the machine holds now against what the server was last told. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import {
  type Difference,
  differenceOf,
  type Place,
  type SectionDefinition,
  type Status,
} from "@rollcall/protocol";
import { onlyGranted, type PreparedSection, prepare } from "../check-in/found.ts";
import { differs, entryAfter } from "../check-in/submission.ts";
import { readAgreed, waitingParts } from "../consent/agreed.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import { type Acknowledged, type AcknowledgedSection, acknowledgedFile } from "../state/files.ts";
import type { Context } from "./context.ts";
import { lookFor, wantedSections } from "./looking.ts";

interface ChangedSection extends Difference {
  /** Of the section as a whole: it has a document only now, or has none any more, or is another. */
  readonly change: "added" | "removed" | "changed";
  readonly category: string;
  readonly status: { readonly was: Status | null; readonly is: Status };
}

export async function showDiffCommand(context: Context, names: readonly string[]): Promise<ExitCode> {
  const definitions = wantedSections(names);
  const directory = new StateDirectory(context.stateDirectory);
  const acknowledged = directory.read(acknowledgedFile)?.sections ?? {};
  const prepared = await present(context, directory, definitions);
  const changed = definitions.flatMap((definition) => {
    const is = prepared.get(definition.name);
    const was = acknowledged[definition.name];
    return is && differs(was, is) ? [[definition, changedSection(definition, was, is)] as const] : [];
  });
  context.output.json({ sections: Object.fromEntries(changed.map(([{ name }, each]) => [name, each])) });
  for (const [definition, section] of changed) tell(context, definition, section);
  if (changed.length === 0) context.output.line("Nothing changed since the server was last told.");
  return exitCodes.done;
}

/** What a check-in would send now, if all of it had changed. */
async function present(
  context: Context,
  directory: StateDirectory,
  definitions: readonly SectionDefinition[],
): Promise<ReadonlyMap<string, PreparedSection>> {
  const installation = demandInstallation(directory);
  const { ownership, accepts } = installation;
  const { grants } = consentNow(directory, installation);
  const sections = definitions.map(({ name }) => name);
  const collect = await lookFor(context, installation);
  const waiting = waitingParts(readAgreed(directory), grants);
  const found = await collect({ grants, ownership, sections, waiting });
  return prepare(onlyGranted(found, grants), { grants, ownership }, accepts, context.output.note);
}

type Former = Acknowledged["sections"][string] | undefined;

function changedSection(definition: SectionDefinition, was: Former, is: PreparedSection): ChangedSection {
  const [status, digest] = entryAfter(was, is);
  const hadDocument = was !== undefined && was.digest !== null;
  const change = was === undefined || (!hadDocument && digest !== null) ? "added" : "changed";
  return {
    change: hadDocument && digest === null ? "removed" : change,
    category: definition.category,
    status: { was: was?.status ?? null, is: status },
    ...difference(definition, was, is),
  };
}

/** Where there are two documents to compare. */
function difference(definition: SectionDefinition, was: Former, is: PreparedSection): Difference {
  const [before, after] = [documentOf(was), documentOf(is)];
  return before && after ? differenceOf(definition, before, after) : { added: [], removed: [], changed: [] };
}

function documentOf(section: Pick<AcknowledgedSection, "body"> | undefined): object | null {
  return section?.body == null ? null : Object(JSON.parse(section.body));
}

function tell({ output }: Context, { title, name }: SectionDefinition, section: ChangedSection): void {
  const { bold, dim, green, red, yellow } = output.colour;
  const { was, is } = section.status;
  const statuses = was === null || was === is ? is : `${was} → ${is}`;
  output.line(bold(title), ` (${name})  `, yellow(section.change), dim(`  ${section.category}; ${statuses}`));
  for (const { place, value } of section.added)
    output.line(green("  + "), inWords(place), shown(place, value));
  for (const { place, value } of section.removed)
    output.line(red("  - "), inWords(place), shown(place, value));
  for (const { place, was: before, is: after } of section.changed)
    output.line(yellow("  ~ "), inWords(place), `: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  output.line();
}

const inWords = (place: Place): string => place.join(" ");

/** Of an item or a group its members, but those that its place tells already. */
function shown(place: Place, value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `: ${JSON.stringify(value)}`;
  const members = Object.entries(value).filter(([, member]) => !place.includes(String(member)));
  return `: ${members.map(([name, member]) => `${name} ${JSON.stringify(member)}`).join(", ")}`;
}
