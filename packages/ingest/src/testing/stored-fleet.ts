/** A small fleet in a store of its own, without a server before it: every write is the real one, at the hand of a test. */
import { copyFileSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import {
  type Application,
  agentApplication,
  canonicalBytes,
  newSigningKey,
  RollcallError,
  type StoredConsent,
} from "@rollcall/protocol";
import { forgetSectionsOf } from "../check-ins/forget-sections.ts";
import { judgeSections } from "../check-ins/judge-sections.ts";
import { storeSections } from "../check-ins/section-queries.ts";
import { mergeDevices, splitDevice } from "../copies/queries.ts";
import { enrol } from "../enrolment/queries.ts";
import { setSession } from "../enrolment/session-queries.ts";
import { addToken } from "../enrolment/token-queries.ts";
import { newSession, newToken } from "../identity/secrets.ts";
import { removeDevice } from "../privacy/queries.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";

interface Member {
  readonly ordinal: number;
  readonly consent: StoredConsent;
}

const year = 366 * 86_400_000;
const applications: readonly Application[] = [
  { number: agentApplication, version: "0.1.0", channel: "stable" },
];
const limit = 2 ** 24;

export class StoredFleet {
  readonly store: Store;
  /** By the order of enrolment; the ordinals of devices are the same numbers as those of their installations. */
  readonly members: Member[] = [];
  readonly #tokens = new Map<string, Uint8Array>();

  constructor(store: Store) {
    this.store = store;
  }

  /** `at`: the later one goes on where two become one, and the first where there is none. */
  async enrol(group: string, at: number): Promise<void> {
    const { publicKey: key } = newSigningKey();
    const input = { key, applications, policyDigest: "", acceptsDigest: "" };
    const tokenHash = await this.#token(group);
    const [admitted] = await this.store.commit([enrol({ ...input, tokenHash, at })]);
    if ("refused" in admitted) throw new Error(admitted.refused);
    const { ordinal, grants } = admitted;
    const { hash } = newSession(ordinal);
    await this.store.commit([setSession({ ordinal, hash, expiresAt: Date.now() + year })]);
    this.members.push({ ordinal, consent: { consentNumber: 1, grants: [...grants] } });
  }

  /** These are all that the member says from now on; nothing happens where it is gone. */
  async tell(at: number, sections: Readonly<Record<string, unknown>>): Promise<void> {
    const { ordinal, consent } = this.#member(at);
    const said = { counter: 1, baseStateDigest: null, consentNumber: consent.consentNumber, sections };
    const { base, accepted, consentNumber, refused } = judgeSections({
      bytes: canonicalBytes(said),
      encoding: undefined,
      dictionaryId: undefined,
      acknowledged: [],
      decodedLimit: limit,
      documentLimit: limit,
      reprDigest: undefined,
      flapping: [],
      consent: { ...consent, ownership: "organisation" },
    });
    if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
    const quotas = { versionsPerDay: limit, storedBytes: limit, newTermsPerDay: limit };
    // Nobody has checked in.
    const input = { ordinal, counter: 0, consentNumber, base, accepted, refused: [], quotas };
    await this.#unlessGone(async () => {
      const [{ kind }] = await this.store.commit([storeSections({ ...input, at: Date.now() })]);
      if (kind !== "stored") throw new Error(`sections were not stored: ${kind}`);
    });
  }

  async withdraw(at: number, names: readonly string[]): Promise<void> {
    const { ordinal } = this.#member(at);
    await this.#unlessGone(() => this.store.commit([forgetSectionsOf({ ordinal, device: ordinal, names })]));
  }

  async merge(at: number, other: number): Promise<void> {
    const devices = [...new Set([this.#member(at).ordinal, this.#member(other).ordinal])];
    if (devices.length < 2) return;
    await this.#unlessGone(() =>
      this.store.commit([mergeDevices({ devices, at: Date.now(), by: "tester" })]),
    );
  }

  async split(at: number): Promise<void> {
    const { ordinal } = this.#member(at);
    await this.#unlessGone(() => this.store.commit([splitDevice(ordinal)]));
  }

  async remove(at: number): Promise<void> {
    const { ordinal: device } = this.#member(at);
    const removal = { device, ledgerKey: Buffer.alloc(32), at: Date.now() };
    await this.#unlessGone(() => this.store.commit([removeDevice(removal)]));
  }

  /** There is always one: whoever is asked for beyond the last is one of the others. */
  #member(at: number): Member {
    const member = this.members[at % this.members.length];
    if (!member) throw new Error("nobody has enrolled");
    return member;
  }

  async #unlessGone(commit: () => Promise<unknown>): Promise<void> {
    try {
      await commit();
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
    }
  }

  async #token(group: string): Promise<Uint8Array> {
    const known = this.#tokens.get(group);
    if (known) return known;
    const { hash } = newToken("rce_");
    this.#tokens.set(group, hash);
    const given = { createdAt: 0, createdBy: "tester", expiresAt: Date.now() + year };
    const token = {
      hash,
      group,
      ownership: "organisation",
      wishes: [],
      uses: limit,
      perHour: limit,
    } as const;
    await this.store.commit([addToken({ ...token, ...given, local: true })]);
    return hash;
  }
}

/** Makes databases that have every table: the migrations are run once. */
export async function emptyDatabases(directory: string): Promise<() => string> {
  const empty = join(directory, "empty.db");
  await (await openSqliteStore(empty)).close();
  return () => {
    const file = join(mkdtempSync(join(directory, "fleet-")), "rollcall.db");
    copyFileSync(empty, file);
    return file;
  };
}
