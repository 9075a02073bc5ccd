/** Which sections are sent: what differs from what the server acknowledged, or everything. Pure. */
import {
  type Digest,
  dictionaryMember,
  dictionaryOf,
  digestOf,
  documentAfter,
  type SectionStates,
  type Status,
  stateDigest,
} from "@rollcall/protocol";
import type { Acknowledged, AcknowledgedSection } from "../state/files.ts";
import type { Dictionary } from "../transport/server-api.ts";
import type { PreparedSection } from "./found.ts";

export type Prepared = ReadonlyMap<string, PreparedSection>;

export interface Submission {
  /** The state digest that the changes start from; null: this is everything. */
  readonly base: Digest | null;
  readonly sections: Prepared;
}

type StateEntry = readonly [Status, Digest | null];

/** What the state digest is made of. */
export function statesOf(sections: Acknowledged["sections"]): SectionStates {
  return Object.fromEntries(
    Object.entries(sections).map(([name, { status, digest }]) => [name, [status, digest] as const]),
  );
}

export const acknowledgedDigest = ({ sections }: Acknowledged): Digest => stateDigest(statesOf(sections));

/** What the server will hold of a section when it takes this one. */
export function entryAfter(
  former: AcknowledgedSection | undefined,
  { status, digest }: Pick<PreparedSection, "status" | "digest">,
): StateEntry {
  return [status, documentAfter(status) === "kept" ? (former?.digest ?? null) : digest];
}

/** Tells a refused section from a later one that is worth another try. */
export function fingerprint({ submitted: { schema, status }, digest }: PreparedSection): Digest {
  return digestOf([schema, status, digest]);
}

/** What to send after a check-in, or null when there is nothing. `wants` is the server's. */
export function submissionFor(
  prepared: Prepared,
  acknowledged: Acknowledged,
  wants: readonly string[],
): Submission | null {
  if (wants.includes("*")) return everything(prepared, acknowledged);
  const sections = new Map(
    [...prepared].filter(
      ([name, section]) =>
        !isRefused(name, section, acknowledged) &&
        (wants.includes(name) || differs(acknowledged.sections[name], section)),
    ),
  );
  return sections.size > 0 ? { base: acknowledgedDigest(acknowledged), sections } : null;
}

/** Whether the server holds something else of a section than it would if it took this one. */
export function differs(former: AcknowledgedSection | undefined, section: PreparedSection): boolean {
  const [status, digest] = entryAfter(former, section);
  return former === undefined || former.status !== status || former.digest !== digest;
}

const isRefused = (name: string, section: PreparedSection, { refused }: Acknowledged) =>
  refused[name] === fingerprint(section);

/** Everything; in place of what the server refuses stands what it took last, so that it does not lose that. */
function everything(prepared: Prepared, acknowledged: Acknowledged): Submission {
  const sections = new Map<string, PreparedSection>();
  for (const [name, section] of prepared) {
    const instead = isRefused(name, section, acknowledged) ? asTaken(acknowledged.sections[name]) : section;
    if (instead) sections.set(name, instead);
  }
  return { base: null, sections };
}

function asTaken(former: AcknowledgedSection | undefined): PreparedSection | undefined {
  if (!former) return undefined;
  const { schema, status, body } = former;
  if (status !== "ok") return { status, body: null, digest: null, submitted: { schema, status } };
  if (body === null) return undefined;
  return { status, body, digest: former.digest, submitted: { schema, status, document: JSON.parse(body) } };
}

/**
 * The dictionary of a change: its sections as last acknowledged, but those that were never, and those whose
 * document only the server knows. Null where none is left, and for everything, which is sent to a server that may
 * have lost what it acknowledged.
 */
export function dictionaryFor({ base, sections }: Submission, acknowledged: Acknowledged): Dictionary | null {
  if (base === null) return null;
  const known = Object.entries(acknowledged.sections)
    .filter(([name, { digest, body }]) => sections.has(name) && (digest === null) === (body === null))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (known.length === 0) return null;
  return {
    names: known.map(([name]) => name),
    bytes: dictionaryOf(known.map(([name, section]) => dictionaryMember(name, section))),
  };
}
