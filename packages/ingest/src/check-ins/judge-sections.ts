/**
 * Submitted sections, from their raw bytes to what can be stored: decoded, canonical, each checked alone. Pure, and
 * run in the decoding thread where it could take long.
 */
import {
  type CanonicalTexts,
  type CheckedSection,
  checkSection,
  type Digest,
  itemsWithReadings,
  type Ownership,
  type ProblemAt,
  parseCanonicalParts,
  parseWith,
  RollcallError,
  reprDigestMatches,
  type StoredConsent,
  searchValues,
  sectionNamed,
  sectionsRequest,
  submittedSection,
  summaryValues,
} from "@rollcall/protocol";
import { type PackedDocument, packDocument } from "../records/stored-document.ts";
import { titleHashes } from "../records/title-hash.ts";
import type { PackedVersion } from "../records/versions.ts";
import { Acknowledged } from "./acknowledged.ts";
import { decodeBody, type EncodedBody } from "./decode-body.ts";

export interface SubmittedBody extends EncodedBody {
  /** `Repr-Digest`, where it was sent. */
  readonly reprDigest: string | undefined;
  /** Bytes of one document at most. */
  readonly documentLimit: number;
  /** Sections that have changed too often today to be indexed each time. */
  readonly flapping: readonly string[];
  readonly consent: StoredConsent & { readonly ownership: Ownership };
}

/** A section that passed its check, ready to be stored. */
export interface AcceptedSection extends Pick<CheckedSection, "status" | "digest"> {
  readonly name: string;
  readonly schema: number;
  readonly document: PackedDocument | null;
  /** Whether it may be found; one that is flapping may not. */
  readonly isIndexed: boolean;
  /** How many search values it has. */
  readonly terms: number;
  /** Of its software titles: `titleHash`. */
  readonly titles: Float64Array;
  /** What it supersedes of what was acknowledged, as history keeps that; null where that was not at hand. */
  readonly superseded: PackedVersion | null;
  /** Natural keys of the items that have readings. */
  readonly items: readonly string[];
  readonly summary: Readonly<Record<string, unknown>>;
}

export interface RefusedSection {
  readonly section: string;
  readonly errors: ProblemAt[];
}

/** What a request says, its sections sorted out; none are looked at where its consent is not the current one. */
export interface JudgedSections {
  readonly counter: number;
  readonly consentNumber: number;
  readonly base: Digest | null;
  readonly accepted: readonly AcceptedSection[];
  readonly refused: readonly RefusedSection[];
}

/** Throws what is wrong with the body as a whole. */
export function judgeSections(body: SubmittedBody): JudgedSections {
  const { bytes, reprDigest, consent } = body;
  if (reprDigest !== undefined && !reprDigestMatches(reprDigest, bytes))
    throw new RollcallError("digest-mismatch");
  const acknowledged = new Acknowledged(body.acknowledged);
  const { value, texts } = parseCanonicalParts(decodeBody(body, acknowledged), documentsIn, documentLevels);
  const { counter, consentNumber, baseStateDigest, sections } = parseWith(sectionsRequest, value);
  const results =
    consentNumber === consent.consentNumber
      ? Object.entries(sections).map(([name, section]) =>
          judgeSection(name, section, body, { texts, acknowledged }),
        )
      : [];
  return {
    counter,
    consentNumber,
    base: baseStateDigest,
    accepted: results.flatMap((result) => ("errors" in result ? [] : [result])),
    refused: results.flatMap((result) => ("errors" in result ? [result] : [])),
  };
}

/** Documents stand in sections, these by their names in the request. */
const documentLevels = 3;

/** The documents of a request that may still be anything. */
const documentsIn = (request: unknown): object[] =>
  Object.values(memberOf(request, "sections") ?? {})
    .map((section) => memberOf(section, "document"))
    .filter((document) => document !== undefined);

function memberOf(value: unknown, name: string): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const member: unknown = Reflect.get(value, name);
  return typeof member === "object" && member !== null ? member : undefined;
}

function judgeSection(
  section: string,
  value: unknown,
  { consent, documentLimit, flapping }: SubmittedBody,
  { texts, acknowledged }: { readonly texts: CanonicalTexts; readonly acknowledged: Acknowledged },
): AcceptedSection | RefusedSection {
  const submitted = submittedSection.safeParse(value);
  if (!submitted.success) {
    const detail = "a section has schema, status and, when ok, a document";
    return { section, errors: [{ pointer: "", detail }] };
  }
  const definition = sectionNamed(section);
  const { schema, document } = submitted.data;
  const checked = checkSection(definition, submitted.data, consent, documentLimit, texts.get(document));
  if ("errors" in checked) return { section, errors: [...checked.errors] };
  const { status, digest, body } = checked;
  const found = definition && body !== null;
  const values = found ? searchValues(definition, document) : [];
  const isIndexed = !flapping.includes(section);
  return {
    name: section,
    schema,
    status,
    digest,
    // One that is flapping shares nothing: its items would come and go.
    document: body === null ? null : packDocument(definition, document, body, isIndexed),
    isIndexed,
    terms: values.length,
    titles: titleHashes(values),
    superseded:
      body === null || digest === null || !isIndexed
        ? null
        : acknowledged.supersededBy(section, { digest, text: body, value: document }),
    items: found ? itemsWithReadings(definition, document) : [],
    summary: found ? summaryValues(definition, document) : {},
  };
}
