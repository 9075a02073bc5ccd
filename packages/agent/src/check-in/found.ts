/** What was found on the machine, made ready to be sent: checked as the server will check it. */
import {
  type CheckedSection,
  type Consented,
  canonical,
  checkSection,
  type FailureReason,
  type Grant,
  isGranted,
  type Ownership,
  type Readings,
  type SectionDefinition,
  type Status,
  type SubmittedSection,
  sectionNamed,
} from "@rollcall/protocol";
import type { Seen } from "../collecting/seen.ts";
import type { Waiting } from "../consent/agreed.ts";
import type { Instant } from "../schedule.ts";
import type { Acknowledged, AcknowledgedSection } from "../state/files.ts";

/** What came of one section. `document` is in its one form and stands there if and only if the status is `ok`. */
export interface FoundSection {
  readonly status: Status;
  readonly document?: unknown;
  readonly readings?: Readings | undefined;
  /** What a person who misses a value should know. */
  readonly diagnostics?: readonly string[] | undefined;
  /** How something of it was lost. */
  readonly lost?: readonly FailureReason[] | undefined;
  /** What the document was made from, where looking there again tells whether it would be the same. */
  readonly seen?: (Seen & { readonly madeBy: string }) | undefined;
  /** In place of a document: it is the one that the server acknowledged, for nothing that it is made of has changed. */
  readonly isHeld?: true | undefined;
}
export type Found = ReadonlyMap<string, FoundSection>;

/** What the server holds, as far as this device knows. */
export interface Held {
  readonly sections: Acknowledged["sections"];
  readonly now: Instant;
}

/** Looks at the machine: at the sections named, all unless said. What is not granted is `not-consented`, unread. */
export type Collect = (wanted: {
  readonly grants: readonly Grant[];
  readonly ownership: Ownership;
  readonly sections?: readonly string[] | undefined;
  /** Where it is given, what is still held is not looked at again. */
  readonly held?: Held | undefined;
  /** What of it the catalogue did not hold when it was granted, and nobody has agreed to yet. */
  readonly waiting?: Waiting | undefined;
}) => Promise<Found>;

/** The door before everything that leaves: of a section that is not granted nothing passes but that it is not. */
export function onlyGranted(found: Found, grants: readonly Grant[]): Found {
  return new Map(
    [...found].map(([name, section]) => {
      const definition = sectionNamed(name);
      return [name, definition && isGranted(definition, grants) ? section : { status: "not-consented" }];
    }),
  );
}

/** A section with what goes over the wire for it. */
export interface PreparedSection extends CheckedSection {
  readonly seen?: AcknowledgedSection["seen"];
  readonly submitted: SubmittedSection;
}

/**
 * The sections that this server takes. One that does not pass its own definition is our collector's fault:
 * `failed`, which keeps what the server has.
 */
export function prepare(
  found: Found,
  consented: Consented,
  accepts: Readonly<Record<string, number>>,
  note: (text: string) => void,
  acknowledged: Acknowledged["sections"] = {},
  now: Instant = 0,
): Map<string, PreparedSection> {
  const prepared = new Map<string, PreparedSection>();
  for (const [name, section] of found) {
    const definition = sectionNamed(name);
    if (!definition || !(definition.schema <= (accepts[name] ?? 0))) continue;
    const { schema } = definition;
    if (section.isHeld) {
      prepared.set(name, asHeld(acknowledged[name], schema));
      continue;
    }
    const { status, document, seen } = section;
    const submitted: SubmittedSection = status === "ok" ? { schema, status, document } : { schema, status };
    const checked =
      checkedBefore(definition, submitted, acknowledged[name]) ??
      checkSection(definition, submitted, consented);
    if (!("errors" in checked))
      prepared.set(name, { ...checked, submitted, ...(seen ? { seen: { ...seen, at: now } } : {}) });
    else {
      const [first] = checked.errors;
      note(`${name} does not pass its definition and is not sent: ${first?.pointer} ${first?.detail}`);
      const failed = { schema, status: "failed" } as const;
      prepared.set(name, { status: "failed", body: null, digest: null, submitted: failed });
    }
  }
  return prepared;
}

/** What the server has; read from its bytes only where it has to be sent again. */
function asHeld(held: AcknowledgedSection | undefined, schema: number): PreparedSection {
  const { body, digest } = held ?? {};
  if (body == null || digest == null)
    return { status: "failed", body: null, digest: null, submitted: { schema, status: "failed" } };
  const submitted = {
    schema,
    status: "ok",
    get document(): unknown {
      return JSON.parse(body);
    },
  } as const;
  return { status: "ok", body, digest, submitted };
}

/**
 * What the server has taken, byte for byte, has passed the check here and there; to check it again at every
 * check-in would be for nothing. Not where a field could locate the device: what may be told of the
 * place can be less by now.
 */
function checkedBefore(
  { flat }: SectionDefinition,
  { schema, status, document }: SubmittedSection,
  former: AcknowledgedSection | undefined,
): CheckedSection | null {
  if (status !== "ok" || former?.status !== "ok" || former.schema !== schema || former.body === null)
    return null;
  if (flat.some(({ field }) => field.facts.locates) || canonical(document) !== former.body) return null;
  return { status, body: former.body, digest: former.digest };
}
