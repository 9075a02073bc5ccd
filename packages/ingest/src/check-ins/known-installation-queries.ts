/** What is known of an installation for as long as its row stays as it is. */
import { hash } from "node:crypto";
import type { Digest } from "@rollcall/protocol";
import { unknownApplications } from "../enrolment/rules.ts";
import { isLocated as mayBeLocated } from "../location/granted.ts";
import { compiledOnce } from "../store/compiled-once.ts";
import { applicationsColumn } from "../store/device-columns.ts";
import { grantsIn } from "../store/grant-columns.ts";
import { isOverAll } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import type { KnownInstallation } from "./known-installations.ts";

interface Row {
  readonly device: number;
  readonly session_hash: Uint8Array | null;
  readonly session_expires_at: number | null;
  readonly state_digest: string;
  readonly accepts_digest: string;
  readonly consent_number: number;
  readonly applications: string;
  readonly grants: string;
  readonly counter: number;
  readonly moved: number;
  readonly succeeds: number | null;
  readonly doubted_at: number | null;
  readonly country: string | null;
}

const rows = compiledOnce<{ ordinal: number }, Row>((database, given) =>
  database
    .selectFrom("installations")
    .leftJoin("countries", "countries.installation", "installations.ordinal")
    .select(["device", "session_hash", "session_expires_at", "state_digest", "accepts_digest"])
    .select(["consent_number", "applications", "grants", "counter", "moved", "succeeds", "doubted_at"])
    .select("countries.country")
    .where("installations.ordinal", "=", given("ordinal")),
);

/** As many as there are kinds of devices, which one token mostly lets in by the thousand. */
const mostKinds = 256;

/** What is read out of a text that many rows have alike is kept under the text's hash: reading it takes longer than the row. */
function once<Told>(
  read: (text: string) => Told,
  likeness: (text: string) => string,
): (text: string) => Told {
  const known = new Map<string, Told>();
  return (text) => {
    const key = hash("sha256", likeness(text));
    const told = known.get(key) ?? read(text);
    if (known.size < mostKinds) known.set(key, told);
    return told;
  };
}

const readGrants = once(
  (text) => {
    const grants = grantsIn(text, "installations.grants");
    return { policies: grants.map(({ policyDigest }) => policyDigest), isLocated: mayBeLocated(grants) };
  },
  // When each was granted is all that they differ by, and decides nothing here.
  (text) => text.replaceAll(/"at":"[^"]*"/g, ""),
);
const readNumbers = once(
  (text) => applicationsColumn(text).map(({ number }) => number),
  (text) => text,
);

/** null for one that has something to be told, or to be settled, or has no session. */
export const knownInstallation = defineRead({
  name: "known-installation",
  isPoint: true,
  async run(
    database,
    scope,
    { ordinal, policy, accepts }: { ordinal: number; policy: Digest; accepts: Digest },
  ): Promise<KnownInstallation | null> {
    const [row] = isOverAll(scope) ? await rows(database, { ordinal }) : [];
    if (!row?.session_hash || row.accepts_digest !== accepts) return null;
    if (row.moved === 1 || row.succeeds !== null || row.doubted_at !== null) return null;
    const { policies, isLocated } = readGrants(row.grants);
    if (policies.some((digest) => digest !== policy)) return null;
    if ((await unknownApplications(database, readNumbers(row.applications))).length > 0) return null;
    return {
      ordinal,
      device: row.device,
      sessionHash: row.session_hash,
      sessionExpiresAt: row.session_expires_at ?? 0,
      stateDigest: row.state_digest,
      consentNumber: row.consent_number,
      applications: row.applications,
      counter: row.counter,
      isLocated,
      country: row.country,
    };
  },
});
