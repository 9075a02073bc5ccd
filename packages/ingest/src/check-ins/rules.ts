/** The roll call's rules: what a check-in, a consent and submitted sections may do, and what is signed for them. */
import {
  type BaseChangedReason,
  basesOf,
  type CheckInAnswer,
  type CheckInRequest,
  type ConsentReceipt,
  type ConsentRequest,
  dictionaryIdHeader,
  type Grant,
  grantsDigest,
  isAskedFor,
  isGrantableUnasked,
  isGranted,
  type Ownership,
  type ProblemAt,
  RollcallError,
  type SectionDefinition,
  type SectionsAnswer,
  type StoredConsent,
  sectionNamed,
  signReceipt,
  type Wish,
} from "@rollcall/protocol";
import type { CallingInstallation } from "../accounts/caller.ts";
import { patience } from "../copies/verdict.ts";
import type { Lease } from "../decoding/memory-budget.ts";
import { asksOf } from "../enrolment/asks.ts";
import type { Incoming } from "../http/route.ts";
import { noteCountry } from "../location/rules.ts";
import { day } from "../milliseconds.ts";
import { settleDeletions } from "../privacy/rules.ts";
import { flappingSections } from "../records/history.ts";
import { listsOf } from "../records/stored-document.ts";
import type { PackedVersion } from "../records/versions.ts";
import type { Services } from "../services.ts";
import { isoSecond, isoTime } from "../store/columns.ts";
import { installationScope } from "../store/scope.ts";
import type { AcknowledgedSection } from "./acknowledged.ts";
import { type ReadingValue, recordCheckIn } from "./check-in-queries.ts";
import { consentOf, storeConsent } from "./consent-queries.ts";
import { namesIn } from "./decode-body.ts";
import type { AcceptedSection, JudgedSections } from "./judge-sections.ts";
import { acknowledgedSections, type SectionsOutcome, storeSections } from "./section-queries.ts";

/** `address` is where the request came from. */
export async function checkIn(
  services: Services,
  caller: Pick<CallingInstallation, "ordinal" | "device">,
  request: CheckInRequest,
  address?: string,
): Promise<CheckInAnswer> {
  const { store, config, policy, now } = services;
  const { ordinal, device } = caller;
  const readings =
    request.readings === undefined ? [] : await grantedReadings(services, ordinal, request.readings);
  const { counter, nonce, stateDigest, consentNumber, applications } = request;
  const answer = { intervalSeconds: config["check-ins.intervalSeconds"] };
  const input = {
    ordinal,
    counter,
    counterJump: config["check-ins.counterJump"],
    nonce,
    stateDigest,
    consentNumber,
    applications,
    readings,
    answer,
    policy,
    accepts: services.accepts,
    at: now(),
    patience: patience(config),
  };
  const [outcome] = await store.commit([recordCheckIn(input)]);
  switch (outcome.kind) {
    case "answered":
      if (outcome.country !== undefined) await noteCountry(services, caller, outcome.country, address);
      return { ...outcome.answer, ...announcements(services) };
    case "copy":
      services.alarm({ kind: "identity-in-doubt", device });
      throw new RollcallError("identity-in-doubt", { detail: "This counter was used by another check-in." });
    case "late":
      throw new RollcallError("counter-late");
    case "jump":
      throw new RollcallError("counter-jump");
    case "consent-changed":
      throw consentChanged(outcome.stored);
  }
}

/** Told in every answer while a key changes; not part of what is kept for a repeat. */
export function announcements({ keys }: Services): Pick<CheckInAnswer, "announcements"> {
  const told = keys.told();
  return told.length > 0 ? { announcements: [...told] } : {};
}

const consentChanged = (stored: StoredConsent) =>
  new RollcallError("consent-changed", { extra: { ...stored } });

/** Readings that are declared and granted, flat. Anything else is left out: a reading never fails a check-in. */
async function grantedReadings(
  { store }: Services,
  ordinal: number,
  sent: NonNullable<CheckInRequest["readings"]>,
): Promise<ReadingValue[]> {
  const { grants } = await store.read(consentOf, installationScope(ordinal), ordinal);
  return Object.entries(sent).flatMap(([section, values]) => {
    const definition = sectionNamed(section);
    if (!definition || !isGranted(definition, grants)) return [];
    const flat = Object.entries(values).flatMap(([name, value]) =>
      typeof value === "number"
        ? [{ section, item: "", field: name, value }]
        : Object.entries(value).map(([field, number]) => ({ section, item: name, field, value: number })),
    );
    return flat.filter((reading) => isDeclared(definition, reading));
  });
}

/** Each is judged alone: one that this version does not know costs none of the others. */
function isDeclared({ readings }: SectionDefinition, { item, field, value }: ReadingValue): boolean {
  return readings.safeParse(item === "" ? { [field]: value } : { [item]: { [field]: value } }).success;
}

/** Stores a consent list and signs for it. A grant on a basis that the ownership does not give is refused. */
export async function takeConsent(
  services: Services,
  { ordinal, id }: CallingInstallation,
  request: ConsentRequest,
): Promise<{ receipt: ConsentReceipt }> {
  const { store, keys, now } = services;
  const { consentNumber, grants } = request;
  const { ownership } = await store.read(consentOf, installationScope(ordinal), ordinal);
  refuseFalseBasis(grants, ownership);
  if (ownership === "organisation") refuseUnasked(grants, await asksOf(services, ordinal));
  const statement = {
    use: "consent" as const,
    server: keys.identity.publicKey,
    installation: id,
    consentNumber,
    grantsDigest: grantsDigest(grants),
    at: isoTime(now()),
  };
  const [outcome] = await store.commit([
    storeConsent({
      ordinal,
      consentNumber,
      grants,
      receipt: signReceipt(keys.receipt, statement),
      ledgerKey: services.ledger.key,
      at: now(),
    }),
  ]);
  if (outcome.kind === "changed") throw consentChanged(outcome.stored);
  // Signed for only when it is gone from the disk, too; a repeat after a failure here does it again.
  await settleDeletions(services);
  return { receipt: outcome.receipt };
}

/** What cannot be refused is never called consent, and what needs consent stands on no other basis. */
function refuseFalseBasis(grants: readonly Grant[], ownership: Ownership): void {
  const errors = grants.flatMap((grant, index): ProblemAt[] => {
    const due = basesOf(grant, ownership);
    return due.includes(grant.basis)
      ? []
      : [
          {
            pointer: `/grants/${index}/basis`,
            detail: `${grant.category} stands on ${due.join(" or ")} here`,
          },
        ];
  });
  if (errors.length > 0)
    throw new RollcallError("invalid-request", {
      detail: "A grant names a basis that it does not have.",
      errors,
    });
}

/** What only a person can grant on an organisation's device needs the organisation's purpose, too. */
function refuseUnasked(grants: readonly Grant[], asked: readonly Wish[]): void {
  const errors = grants.flatMap((grant, index): ProblemAt[] =>
    isGrantableUnasked(grant, "organisation") || isAskedFor(grant, asked)
      ? []
      : [
          {
            pointer: `/grants/${index}`,
            detail: `the organisation has no purpose for this of ${grant.category}`,
          },
        ],
  );
  if (errors.length > 0)
    throw new RollcallError("invalid-request", {
      detail: "A grant on an organisation's device has no purpose of the organisation.",
      errors,
    });
}

const baseChanged = (reason: BaseChangedReason, stored: Partial<StoredConsent> = {}) =>
  new RollcallError("base-changed", { extra: { reason, ...stored } });

const consentNotCurrent = ({ consentNumber, grants }: StoredConsent) =>
  baseChanged("consent", { consentNumber, grants });

/** Checks each section on its own, stores the good ones together and signs for them. */
export async function takeSections(
  services: Services,
  caller: CallingInstallation,
  { bytes, header, lease }: Pick<Incoming<unknown, unknown>, "bytes" | "header" | "lease">,
): Promise<SectionsAnswer> {
  const { store, decoding, config, now } = services;
  const { ordinal, device } = caller;
  const consent = await store.read(consentOf, installationScope(ordinal), ordinal);
  const encoding = header("content-encoding");
  const dictionaryId = header(dictionaryIdHeader);
  const versions = config["sections.versionsPerDay"];
  const flapping = await store.read(flappingSections, installationScope(ordinal), {
    ordinal,
    since: now() - day,
    versions,
  });
  const body = {
    bytes,
    encoding,
    dictionaryId,
    acknowledged: encoding === "dcz" ? await acknowledgedTo(services, caller, { dictionaryId }) : [],
    reprDigest: header("repr-digest"),
    decodedLimit: config["sections.decodedBytes"],
    documentLimit: config["sections.documentBytes"],
    flapping,
    consent,
  };
  const judged = await decoding.run("judgeSections", body, lease);
  const { counter, consentNumber, base, refused } = judged;
  if (consent.consentNumber !== consentNumber) throw consentNotCurrent(consent);
  const names = refused.map(({ section }) => section);
  raiseAlarm(services, device, names, consent.grants);
  const accepted = await withSuperseded(services, caller, {
    accepted: judged.accepted,
    atHand: body.acknowledged.map(({ name }) => name),
    lease,
  });
  const quotas = {
    versionsPerDay: versions,
    storedBytes: config["sections.storedBytes"],
    newTermsPerDay: config["sections.newTermsPerDay"],
  };
  const said = { counter, consentNumber, base, accepted, refused: names };
  const [outcome] = await store.commit([storeSections({ ordinal, ...said, quotas, at: now() })]);
  if (outcome.kind === "consent") throw consentNotCurrent(outcome.stored);
  if (outcome.kind !== "stored") throw baseChanged(outcome.kind);
  return { refused: [...refused], receipt: receiptFor(services, caller, judged, { ...outcome, consent }) };
}

/** What a dictionary can be made of: sections that this installation was acknowledged, as few as it names. */
function acknowledgedTo(
  { store }: Services,
  { ordinal }: CallingInstallation,
  named: Parameters<typeof namesIn>[0],
): Promise<AcknowledgedSection[]> {
  const names = namesIn(named);
  return store.read(acknowledgedSections, installationScope(ordinal), { ordinal, names });
}

interface ToBeStored extends Pick<JudgedSections, "accepted"> {
  /** Sections that were at hand when they were judged. */
  readonly atHand: readonly string[];
  readonly lease: Lease;
}

/**
 * What is about to be superseded, made small for history before the transaction; that checks whether it still holds. As
 * far as it was not at hand already.
 */
async function withSuperseded(
  services: Services,
  caller: CallingInstallation,
  { accepted, atHand, lease }: ToBeStored,
): Promise<readonly AcceptedSection[]> {
  const others = accepted.filter(({ name, isIndexed }) => isIndexed && !atHand.includes(name));
  const packed = await packedVersions(services, caller, { accepted: others, lease });
  const byName = new Map(packed.map((version) => [version.section, version]));
  return accepted.map((section) => ({
    ...section,
    superseded: byName.get(section.name) ?? section.superseded,
  }));
}

async function packedVersions(
  { store, decoding }: Services,
  { ordinal }: CallingInstallation,
  { accepted, lease }: Omit<ToBeStored, "atHand">,
): Promise<PackedVersion[]> {
  const scope = installationScope(ordinal);
  const names = accepted.flatMap(({ name, document }) => (document === null ? [] : [name]));
  const stored = names.length > 0 ? await store.read(acknowledgedSections, scope, { ordinal, names }) : [];
  const superseded = stored.flatMap(({ name, digest, body, lists }) => {
    const next = accepted.find((section) => section.name === name);
    return next?.document && body && digest !== null && digest !== next.digest
      ? [
          {
            older: { name, digest, body, lists },
            newer: { name, digest: next.digest, body: next.document.body, lists: listsOf(next.document) },
          },
        ]
      : [];
  });
  return superseded.length > 0 ? decoding.run("packVersions", { superseded }, lease) : [];
}

/** An agent asks its grants before it looks: one that sends what is not granted is broken, or no agent of ours. */
function raiseAlarm(
  { alarm }: Services,
  device: number,
  refused: readonly string[],
  grants: readonly Grant[],
): void {
  const sections = refused.filter((name) => {
    const definition = sectionNamed(name);
    return definition !== undefined && !isGranted(definition, grants);
  });
  if (sections.length > 0) alarm({ kind: "section-not-granted", device, sections });
}

function receiptFor(
  { keys, now, policy }: Services,
  { id }: CallingInstallation,
  { counter, consentNumber }: JudgedSections,
  {
    stateDigest,
    sections,
    consent,
  }: Extract<SectionsOutcome, { kind: "stored" }> & { readonly consent: StoredConsent },
): SectionsAnswer["receipt"] {
  return signReceipt(keys.receipt, {
    use: "receipt" as const,
    server: keys.identity.publicKey,
    installation: id,
    counter,
    stateDigest,
    consentNumber,
    policyDigest: consent.grants[0]?.policyDigest ?? policy.digest,
    at: isoSecond(now()),
    sections: { ...sections },
  });
}
