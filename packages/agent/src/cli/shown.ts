/**
 * What there is to show of this device, section by section: as it is sent, to the byte, where it is granted; the rest,
 * when it is asked for, with nothing left out.
 */
import {
  type Basis,
  basisWithoutAsking,
  categoryDefinition,
  categoryNames,
  defaultWishes,
  digestOf,
  type Grant,
  grantOf,
  isGranted,
  type Ownership,
  ownerships,
  type Purpose,
  purposes,
  type Readings,
  type SectionDefinition,
  type Status,
} from "@rollcall/protocol";
import type { Found } from "../check-in/found.ts";
import { readAgreed, type Waiting, waitingParts } from "../consent/agreed.ts";
import { giverOf } from "../consent/giver.ts";
import { consentNow } from "../consent/left-withdrawals.ts";
import { StateDirectory } from "../state/directory.ts";
import { readInstallation } from "../state/enrolled-state.ts";
import { basisInWords } from "./consent-list.ts";
import type { Context } from "./context.ts";
import { lookFor } from "./looking.ts";

export interface ShownSection {
  readonly status: Status;
  readonly category: string;
  readonly purposes: readonly Purpose[];
  /** Those that it is collected on; before enrolment by ownership, null where it is asked for. */
  readonly basis: readonly Basis[] | Readonly<Record<Ownership, Basis | null>>;
  readonly document: unknown;
  /** What is told beside the document when it moved. */
  readonly readings?: Readings;
  /** Before enrolment: which ownerships would send it unasked. */
  readonly sentBy?: readonly Ownership[];
  /** After enrolment: whether it is granted, and so sent. */
  readonly granted?: boolean;
  /** Whether all of it waits until somebody agrees to what is new. */
  readonly isNew?: true;
}

export interface Shown {
  readonly definition: SectionDefinition;
  readonly section: ShownSection;
  readonly diagnostics: readonly string[];
}

/** Looks at the machine for these sections; `all`: also for what is not granted. */
export async function shownOf(
  context: Context,
  definitions: readonly SectionDefinition[],
  all: boolean,
): Promise<readonly Shown[]> {
  const directory = new StateDirectory(context.stateDirectory);
  const installation = readInstallation(directory);
  const granted = installation ? consentNow(directory, installation).grants : null;
  const collect = await lookFor(context, installation);
  const names = definitions.map(({ name }) => name);
  const ownership = installation?.ownership ?? "personal";
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
  return definitions.map((definition) => ({
    definition,
    section: shownSection(definition, found, granted, waiting),
    diagnostics: found.get(definition.name)?.diagnostics ?? [],
  }));
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
  waiting: Waiting,
): ShownSection {
  const { status, document, readings = {} } = found.get(definition.name) ?? { status: "unsupported" };
  const shown = {
    status,
    category: definition.category,
    ...reasonsOf(definition, grants),
    document: document ?? null,
    ...(Object.keys(readings).length > 0 ? { readings } : {}),
  };
  const isNew = waiting.get(definition.name) === null ? { isNew: true as const } : {};
  if (grants !== null)
    return {
      ...shown,
      ...isNew,
      granted: status !== closed && isGranted(definition, grants) && !isNew.isNew,
    };
  return {
    ...shown,
    sentBy: ownerships.filter((ownership) => isGranted(definition, defaultWishes(ownership))),
  };
}

/** What of the grants this section is collected under; the others say nothing of it. */
const covering = (definition: SectionDefinition, grants: readonly Grant[]): Grant[] =>
  isGranted(definition, grants)
    ? grants.filter(
        (grant) =>
          grant.category === definition.category &&
          definition.purposes.some((purpose) => grant.purposes.includes(purpose)),
      )
    : [];

/** What it is collected for and on: by the grants where there are some, else by its definition. */
function reasonsOf(
  definition: SectionDefinition,
  grants: readonly Grant[] | null,
): Pick<ShownSection, "purposes" | "basis"> {
  if (grants === null) return { purposes: definition.purposes, basis: unasked(definition) };
  const under = covering(definition, grants);
  const granted = new Set(under.flatMap((grant) => grant.purposes));
  return {
    purposes:
      under.length > 0 ? definition.purposes.filter((purpose) => granted.has(purpose)) : definition.purposes,
    basis: [...new Set(under.map(({ basis }) => basis))],
  };
}

const unasked = ({ category }: SectionDefinition): Record<Ownership, Basis | null> => ({
  organisation: basisWithoutAsking(category, "organisation"),
  personal: basisWithoutAsking(category, "personal"),
});

/** Why it is collected, in words. */
export function whyOf({ purposes: of, basis }: ShownSection): string {
  const on = Array.isArray(basis)
    ? basis.map(basisInWords).join(" and ")
    : ownerships.map((ownership) => `${ownership}: ${onBasis(basis, ownership)}`).join(", ");
  return `for ${of.join(", ")}${on === "" ? "" : ` (${on})`}`;
}

const onBasis = (basis: ShownSection["basis"], ownership: Ownership): string => {
  const named: unknown = Reflect.get(basis, ownership);
  return typeof named === "string" ? basisInWords(named) : "asked for";
};

/** What becomes of a section, in words. */
export function fateOf({ sentBy, granted, status, isNew }: ShownSection): string {
  if (sentBy) {
    if (sentBy.length === 0) return "would be sent only when granted";
    return sentBy.length === ownerships.length
      ? "would be sent by every enrolled device"
      : `would be sent unasked by ${sentBy.join(" and ")} devices; by others when granted`;
  }
  if (granted) return "sent";
  if (isNew) return "new since you agreed; sent once you agree again";
  return status === "not-consented" ? "not granted, not looked at" : "not granted, shown here only";
}
