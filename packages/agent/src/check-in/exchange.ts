/**
 * One check-in's conversation with the server: a consent that waits, the roll call, the sections that changed.
 * Each answer is kept before the next request; an interruption anywhere is mended by the next check-in.
 */
import { randomBytes } from "node:crypto";
import {
  agentApplication,
  baseChanged,
  type CheckInAnswer,
  type CheckInRequest,
  type ConsentReceipt,
  type ConsentRequest,
  defaultChannel,
  digestOf,
  type Receipt,
  type SectionsAnswer,
  storedConsent,
} from "@rollcall/protocol";
import { AgentError, ServerProblem } from "../agent-error.ts";
import {
  consentAcknowledged,
  isPending,
  listBefore,
  listBeforeAcknowledged,
  renumberConsent,
} from "../consent/apply.ts";
import { isWithdrawalLeft } from "../consent/left-withdrawals.ts";
import { type Instant, retryHeaders } from "../schedule.ts";
import type { StateDirectory } from "../state/directory.ts";
import type { EnrolledState } from "../state/enrolled-state.ts";
import type { Installation } from "../state/files.ts";
import type { Dictionary, ServerApi } from "../transport/server-api.ts";
import type { Session } from "../transport/session.ts";
import { announcedBy, withAnnounced } from "./announced.ts";
import { type Found, onlyGranted, prepare } from "./found.ts";
import { readingsSent, readingsToSend } from "./readings.ts";
import {
  checkConsentReceipt,
  isSignedByKnown,
  keepConsentReceipt,
  keepReceipt,
  sectionsTaken,
} from "./receipt.ts";
import {
  acknowledgedDigest,
  dictionaryFor,
  fingerprint,
  type Prepared,
  type Submission,
  submissionFor,
} from "./submission.ts";

export interface ExchangeOptions {
  readonly directory: StateDirectory;
  readonly state: EnrolledState;
  readonly api: ServerApi;
  readonly session: Session;
  readonly now: () => Instant;
  readonly agentVersion: string;
  readonly note: (text: string) => void;
}

export interface Exchanged {
  readonly intervalSeconds: number;
  /** Whether sections were sent at all. */
  readonly submitted: boolean;
  readonly sent: readonly string[];
  readonly refused: readonly string[];
}

export class Exchange {
  readonly #options: ExchangeOptions;
  #renumbered = false;
  #prepared: Prepared = new Map();

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  async checkIn(collected: Found): Promise<Exchanged> {
    const found = onlyGranted(collected, this.#options.state.consent.value.grants);
    await this.#askWhatWasMissed();
    await this.sendPendingConsent();
    const answer = await this.#callRoll(found);
    const { intervalSeconds } = answer;
    const submission = this.#submissionFor(found, answer.wants);
    const taken = submission && (await this.#sendSections(found, submission));
    this.#rememberSeen();
    if (!taken) return { intervalSeconds, submitted: false, sent: [], refused: [] };
    return {
      intervalSeconds,
      submitted: true,
      sent: namesSent(taken),
      refused: taken.refused.map(({ section }) => section).sort(),
    };
  }

  /** The server tells a change once. Where an answer may have been lost, it is asked what holds now. */
  async #askWhatWasMissed(): Promise<void> {
    const { state } = this.#options;
    if (state.schedule.value.answeredCounter !== state.counter.value.counter) await this.#askServer();
  }

  async #askServer(): Promise<void> {
    const { state, api } = this.#options;
    const { answer } = await api.server();
    if (answer.server === state.installation.value.server)
      this.#heed({ ...answer, announcements: [...announcedBy(answer)] });
  }

  /** This installation as a receipt is checked by it. A server that was away for long may sign with a key announced since. */
  async #signerOf(receipt: Receipt | ConsentReceipt): Promise<Installation> {
    const { installation } = this.#options.state;
    if (!isSignedByKnown(receipt, installation.value)) await this.#askServer();
    return installation.value;
  }

  /** Before every request: what a person has taken back meanwhile is not sent any more. */
  #heedWithdrawals(): void {
    if (isWithdrawalLeft(this.#options.directory)) throw new AgentError("withdrawn", "consent was withdrawn");
  }

  /** Sends the consent list if the server has no receipt given for it; renumbers it once if the server has another number. */
  async sendPendingConsent(): Promise<void> {
    const { state } = this.#options;
    if (!isPending(state.consent.value)) return;
    try {
      await this.#putConsent();
    } catch (error) {
      this.#renumber(error);
      await this.#putConsent();
    }
  }

  async #putConsent(): Promise<void> {
    const { state } = this.#options;
    const before = listBefore(state.consent.value);
    if (before) {
      await this.#putList(before);
      listBeforeAcknowledged(state);
    }
    const { consentNumber, grants } = state.consent.value;
    await this.#putList({ consentNumber, grants });
    consentAcknowledged(state);
  }

  async #putList(request: ConsentRequest): Promise<void> {
    const { state, api, session } = this.#options;
    this.#heedWithdrawals();
    const { receipt } = await session.use((token) => api.putConsent(token, request));
    checkConsentReceipt(receipt, request, await this.#signerOf(receipt));
    state.receipts.replace(keepConsentReceipt(state.receipts.value, receipt));
  }

  /** Takes the number from a 409 `consent-changed`, once; throws every other error on. */
  #renumber(error: unknown): void {
    const stored =
      error instanceof ServerProblem && error.is("consent-changed", ...conflicts)
        ? storedConsent.safeParse(error.facts.body).data
        : undefined;
    const own = this.#options.state.consent.value.acknowledgedNumber;
    if (!stored || this.#renumbered || stored.consentNumber > own + mostLost) throw error;
    this.#renumbered = true;
    renumberConsent(this.#options.state, stored.consentNumber);
  }

  async #callRoll(found: Found): Promise<CheckInAnswer> {
    try {
      return await this.#postCheckIn(found);
    } catch (error) {
      this.#renumber(error);
      await this.sendPendingConsent();
      return this.#postCheckIn(found);
    }
  }

  async #postCheckIn(found: Found): Promise<CheckInAnswer> {
    const { state, api, session, now } = this.#options;
    this.#heedWithdrawals();
    const { acknowledged, counter, consent } = state;
    const readings = readingsToSend(found, acknowledged.value.readings, now());
    const nonce = randomBytes(16).toString("base64url");
    // On the disk before it is sent: a counter is never used for two check-ins, whatever happens in between.
    counter.replace({ counter: counter.value.counter + 1, nonce });
    const request: CheckInRequest = {
      counter: counter.value.counter,
      nonce,
      stateDigest: acknowledgedDigest(acknowledged.value),
      consentNumber: consent.value.consentNumber,
      applications: this.#applications(),
      ...(Object.keys(readings).length > 0 ? { readings } : {}),
    };
    const headers = retryHeaders(state.schedule.value, now());
    const answer = await session.use((token) => api.checkIn(token, request, headers));
    if (request.readings)
      acknowledged.replace({
        ...acknowledged.value,
        readings: readingsSent(acknowledged.value.readings, readings, now()),
      });
    this.#heed(answer);
    return answer;
  }

  #applications() {
    const { state, agentVersion } = this.#options;
    const own = { number: agentApplication, version: agentVersion, channel: defaultChannel };
    return [own, ...state.installation.value.applications];
  }

  /** What an answer tells besides. Nothing in it widens a grant. */
  #heed({
    accepts: told,
    policy,
    applications = [],
    announcements,
    device,
  }: Pick<CheckInAnswer, "accepts" | "policy" | "applications" | "announcements" | "device">): void {
    const { state, note } = this.#options;
    for (const { number, status } of applications)
      if (status !== "ok") note(`the server calls the application ${number} ${status}`);
    if (policy && policy.digest !== state.installation.value.policy.digest)
      note("the organisation has published another privacy policy; `rollcall-agent consent` tells more");
    const { installation, acknowledged } = state;
    const accepts = told && digestOf(told) !== digestOf(installation.value.accepts) ? told : undefined;
    const announced = withAnnounced(installation.value, announcements);
    const moved = device !== undefined && device !== announced.device;
    if (!accepts && !policy && !moved && announced === installation.value) return;
    installation.replace({
      ...announced,
      ...(moved ? { device } : {}),
      ...(accepts ? { accepts } : {}),
      ...(policy ? { policy } : {}),
    });
    // Another version of the server may take what this one refused.
    if (accepts) acknowledged.replace({ ...acknowledged.value, refused: {} });
  }

  #submissionFor(found: Found, wants: readonly string[]): Submission | null {
    const { state, note, now } = this.#options;
    const { ownership, accepts } = state.installation.value;
    const consented = { grants: state.consent.value.grants, ownership };
    const acknowledged = state.acknowledged.value;
    this.#prepared = prepare(found, consented, accepts, note, acknowledged.sections, now());
    return submissionFor(this.#prepared, acknowledged, wants);
  }

  /** Sends sections, and everything once when the server says that it starts from something else. */
  async #sendSections(found: Found, submission: Submission): Promise<SectionsAnswer> {
    try {
      return await this.#putSections(submission);
    } catch (error) {
      if (!(error instanceof ServerProblem) || !error.is(...conflicts)) throw error;
      await this.#settle(found, error);
      const everything = this.#submissionFor(found, ["*"]);
      if (!everything) throw error;
      return this.#putSections(everything);
    }
  }

  async #settle(found: Found, conflict: ServerProblem): Promise<void> {
    const { reason } = baseChanged.parse(conflict.facts.body);
    if (reason === "counter") await this.#callRoll(found);
    if (reason !== "consent") return;
    this.#renumber(conflict);
    await this.sendPendingConsent();
  }

  async #putSections(submission: Submission): Promise<SectionsAnswer> {
    const { state, api, session } = this.#options;
    this.#heedWithdrawals();
    const { acknowledged, receipts } = state;
    const sent = {
      submission,
      counter: state.counter.value.counter,
      consentNumber: state.consent.value.consentNumber,
      acknowledged: acknowledged.value,
    };
    const request = {
      counter: sent.counter,
      baseStateDigest: submission.base,
      consentNumber: sent.consentNumber,
      sections: Object.fromEntries(
        [...submission.sections].map(([name, { submitted }]) => [name, submitted]),
      ),
    };
    const dictionary = dictionaryFor(submission, acknowledged.value);
    const answer = await withoutUnknownEncoding(dictionary, (taken) =>
      session.use((token) => api.putSections(token, request, taken)),
    );
    this.#rememberRefused(submission, answer);
    const sections = sectionsTaken(answer, sent, await this.#signerOf(answer.receipt));
    receipts.replace(keepReceipt(receipts.value, answer.receipt));
    acknowledged.replace({ ...acknowledged.value, sections });
    return answer;
  }

  /** Where a section turned out to be as the server has it, what it was made from now need not be looked at again. */
  #rememberSeen(): void {
    const { acknowledged } = this.#options.state;
    const sections = Object.entries(acknowledged.value.sections);
    const fresh = sections.flatMap(([name, held]) => {
      const { seen, digest } = this.#prepared.get(name) ?? {};
      if (!seen || digest !== held.digest || (seen.stood === held.seen?.stood && seen.at === held.seen.at))
        return [];
      return [[name, { ...held, seen }] as const];
    });
    if (fresh.length > 0)
      acknowledged.replace({
        ...acknowledged.value,
        sections: { ...acknowledged.value.sections, ...Object.fromEntries(fresh) },
      });
  }

  /** Kept whatever the receipt is worth: what was refused is not sent again until it changes. */
  #rememberRefused({ sections }: Submission, answer: SectionsAnswer): void {
    const { acknowledged } = this.#options.state;
    const refused = answer.refused.flatMap(({ section }) => {
      const submitted = sections.get(section);
      return submitted ? [[section, fingerprint(submitted)] as const] : [];
    });
    if (refused.length === 0) return;
    acknowledged.replace({
      ...acknowledged.value,
      refused: { ...acknowledged.value.refused, ...Object.fromEntries(refused) },
    });
  }
}

/** An older server does not read what is packed with a dictionary: it gets the same once without. */
async function withoutUnknownEncoding<T>(
  dictionary: Dictionary | null,
  send: (dictionary: Dictionary | null) => Promise<T>,
): Promise<T> {
  try {
    return await send(dictionary);
  } catch (error) {
    if (!dictionary || !(error instanceof ServerProblem) || !error.is("unsupported-encoding")) throw error;
    return send(null);
  }
}

/** Sections of which anything was told but that they are not granted. */
function namesSent({ receipt }: SectionsAnswer): string[] {
  const told = Object.entries(receipt.sections).filter(([, [status]]) => status !== "not-consented");
  return told.map(([name]) => name).sort();
}

/** Answers about consent that can have been lost; a server that names a number further ahead is wrong. */
const mostLost = 10_000;

/** What everything is sent again after, once. */
const conflicts = ["base-changed", "dictionary-unknown"];
