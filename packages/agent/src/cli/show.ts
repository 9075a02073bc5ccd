/**
 * `rollcall-agent show`: what is sent of this device, to the byte under `--json`. Before enrolment it looks at
 * everything for the caller's eyes. It stores nothing and sends nothing.
 */
import { type ExitCode, exitCodes } from "@rollcall/host";
import {
  categoryDefinition,
  categoryNames,
  defaultWishes,
  digestOf,
  type Grant,
  grantOf,
  isGranted,
  type Ownership,
  ownerships,
  purposes,
  type Readings,
  type SectionDefinition,
  type Status,
} from "@rollcall/protocol";
import type { Found } from "../check-in/found.ts";

import { readAgreed, waitingParts } from "../consent/agreed.ts";
import { giverOf } from "../consent/giver.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import { StateDirectory } from "../state/directory.ts";
import { readInstallation } from "../state/enrolled-state.ts";
import type { Context } from "./context.ts";
import { tellSection } from "./document-view.ts";
import { lookFor, wantedSections } from "./looking.ts";

interface ShownSection {
  readonly status: Status;
  readonly category: string;
  readonly document: unknown;
  /** What is told beside the document when it moved. */
  readonly readings?: Readings;
  /** Before enrolment: which ownerships would send it unasked. */
  readonly sentBy?: readonly Ownership[];
  /** After enrolment: whether it is granted, and so sent. */
  readonly granted?: boolean;
}

export async function showCommand(
  context: Context,
  sections: readonly string[],
  all: boolean,
): Promise<ExitCode> {
  const definitions = wantedSections(sections);
  const directory = new StateDirectory(context.stateDirectory);
  const installation = readInstallation(directory);
  const granted = installation ? consentNow(directory, installation).grants : null;
  const collect = await lookFor(context, installation);
  const names = definitions.map(({ name }) => name);
  const ownership = installation?.ownership ?? "personal";
  // What is granted is shown as it is sent, to the byte; the rest, when it is asked for, with nothing left out.
  const waiting = granted ? waitingParts(readAgreed(directory), granted) : new Map();
  const sent: Found = granted
    ? await collect({ grants: granted, ownership, sections: names, waiting })
    : new Map();
  const others =
    granted === null || all ? names.filter((name) => (sent.get(name)?.status ?? closed) === closed) : [];
  const found = new Map([
    ...sent,
    ...(others.length > 0 ? await collect({ grants: everyGrant(context), ownership, sections: others }) : []),
  ]);
  const shown = definitions.map(
    (definition) => [definition, shownSection(definition, found, granted)] as const,
  );
  context.output.json({
    sections: Object.fromEntries(shown.map(([{ name }, section]) => [name, section])),
  });
  for (const [definition, section] of shown) {
    const diagnostics = found.get(definition.name)?.diagnostics ?? [];
    tellSection(context.output, definition, { ...section, fate: fateOf(section), diagnostics });
  }
  return exitCodes.done;
}

const closed: Status = "not-consented";

/** A grant of everything, for a look that goes nowhere. */
function everyGrant({ account, now }: Context): Grant[] {
  const nobodys = { version: 0, digest: digestOf({}) };
  const giver = giverOf({ account, now, interactive: false }, nobodys);
  return categoryNames.map((category) => {
    const finest = categoryDefinition(category).levels?.at(-1);
    return grantOf({ category, purposes, ...(finest ? { level: finest } : {}) }, "personal", giver);
  });
}

function shownSection(
  definition: SectionDefinition,
  found: Found,
  grants: readonly Grant[] | null,
): ShownSection {
  const { status, document, readings = {} } = found.get(definition.name) ?? { status: "unsupported" };
  const shown = {
    status,
    category: definition.category,
    document: document ?? null,
    ...(Object.keys(readings).length > 0 ? { readings } : {}),
  };
  if (grants !== null) return { ...shown, granted: status !== closed && isGranted(definition, grants) };
  return {
    ...shown,
    sentBy: ownerships.filter((ownership) => isGranted(definition, defaultWishes(ownership))),
  };
}

/** What becomes of a section, in words. */
function fateOf({ sentBy, granted, status }: ShownSection): string {
  if (sentBy) {
    if (sentBy.length === 0) return "would be sent only when granted";
    return sentBy.length === ownerships.length
      ? "would be sent by every enrolled device"
      : `would be sent unasked by ${sentBy.join(" and ")} devices; by others when granted`;
  }
  if (granted) return "sent";
  return status === "not-consented" ? "not granted, not looked at" : "not granted, shown here only";
}
