/** The server's signature for what it took: checked against what was sent before anything counts as acknowledged. */
import {
  type ConsentReceipt,
  type ConsentRequest,
  documentAfter,
  grantsDigest,
  isReceiptOf,
  type Receipt,
  type SectionsAnswer,
  stateDigest,
} from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import type { Acknowledged, AcknowledgedSection, Installation, Receipts } from "../state/files.ts";
import { entryAfter, type Submission, statesOf } from "./submission.ts";

type Signer = Pick<Installation, "server" | "installation" | "receiptKey" | "comingReceiptKeys">;

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new AgentError("receipt-invalid", `the server's receipt ${what}; nothing counts as sent`);
}

/** Whether a key signed it that is in use or announced, as far as this device was told. */
export function isSignedByKnown(
  receipt: { readonly signature: string },
  { receiptKey, comingReceiptKeys }: Pick<Signer, "receiptKey" | "comingReceiptKeys">,
): boolean {
  return [receiptKey, ...comingReceiptKeys].some((key) => isReceiptOf(key, receipt));
}

function demandSigned(receipt: Receipt | ConsentReceipt, signer: Signer): void {
  demand(isSignedByKnown(receipt, signer), "is not signed with the server's receipt key");
  demand(receipt.server === signer.server, "is for another server");
  demand(receipt.installation === signer.installation, "is for another installation");
}

/** Throws `receipt-invalid` unless the receipt is for exactly this list. */
export function checkConsentReceipt(receipt: ConsentReceipt, sent: ConsentRequest, signer: Signer): void {
  demandSigned(receipt, signer);
  demand(receipt.consentNumber === sent.consentNumber, "names another consent number");
  demand(receipt.grantsDigest === grantsDigest(sent.grants), "names other grants");
}

export interface SentSections {
  readonly submission: Submission;
  readonly counter: number;
  readonly consentNumber: number;
  /** What the server had acknowledged when the sections were sent. */
  readonly acknowledged: Acknowledged;
}

/** What the server holds now, according to a receipt that fits what was sent. Throws `receipt-invalid`. */
export function sectionsTaken(
  { receipt, refused }: SectionsAnswer,
  sent: SentSections,
  signer: Signer,
): Acknowledged["sections"] {
  demandSigned(receipt, signer);
  demand(receipt.counter === sent.counter, "names another counter");
  demand(receipt.consentNumber === sent.consentNumber, "names another consent number");
  const refusedNames = new Set(refused.map(({ section }) => section));
  const taken = takenSections(receipt, refusedNames, sent);
  const whole = possibleStates(taken, refusedNames, sent).find(
    (sections) => stateDigest(statesOf(sections)) === receipt.stateDigest,
  );
  demand(whole !== undefined, "names another state than what was sent amounts to");
  return whole;
}

/** The sections of the request that were taken, each with the entry that the receipt has to name for it. */
function takenSections(
  receipt: Receipt,
  refused: ReadonlySet<string>,
  { submission, acknowledged }: SentSections,
): Acknowledged["sections"] {
  const named = new Map(Object.entries(receipt.sections));
  const taken: Record<string, AcknowledgedSection> = {};
  for (const [name, section] of submission.sections) {
    if (refused.has(name)) continue;
    const entry = named.get(name);
    demand(entry !== undefined, `does not name ${name}`);
    named.delete(name);
    const former = acknowledged.sections[name];
    const [status, digest] = entryAfter(former, section);
    // Where the server was asked what it has, it alone knows which document it kept.
    const unknown = submission.base === null && documentAfter(status) === "kept";
    demand(entry[0] === status && (unknown || entry[1] === digest), `names something else for ${name}`);
    const kept = former?.digest === entry[1] ? (former?.body ?? null) : null;
    const body = documentAfter(status) === "kept" ? kept : section.body;
    const seen = digest !== null && entry[1] === section.digest ? section.seen : undefined;
    const { schema } = section.submitted;
    taken[name] = { schema, status, digest: entry[1], body, ...(seen ? { seen } : {}) };
  }
  demand(named.size === 0, "names sections that were not sent");
  return taken;
}

/**
 * What the server can hold in all. Changes are made to a state that both know. After everything was sent, a
 * refused section is as it was before, or not there when the server had lost it.
 */
function possibleStates(
  taken: Acknowledged["sections"],
  refused: ReadonlySet<string>,
  { submission, acknowledged }: SentSections,
): Acknowledged["sections"][] {
  if (submission.base !== null) return [{ ...acknowledged.sections, ...taken }];
  const former = Object.entries(acknowledged.sections).filter(([name]) => refused.has(name));
  return [{ ...Object.fromEntries(former), ...taken }, taken];
}

/** The latest so many are kept, and besides the latest one of every section. */
const latestKept = 20;

export function keepReceipt(receipts: Receipts, receipt: Receipt): Receipts {
  const all = [...receipts.sections, receipt];
  const newestOf = new Map(all.flatMap((each) => Object.keys(each.sections).map((name) => [name, each])));
  const kept = new Set([...newestOf.values(), ...all.slice(-latestKept)]);
  return { ...receipts, sections: all.filter((each) => kept.has(each)) };
}

export function keepConsentReceipt(receipts: Receipts, receipt: ConsentReceipt): Receipts {
  return { ...receipts, consent: [...receipts.consent, receipt].slice(-latestKept) };
}
