/** What is known of an installation for as long as its row stays as it is. */
import type { Digest } from "@rollcall/protocol";
import { unknownApplications } from "../enrolment/rules.ts";
import { isLocated } from "../location/granted.ts";
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
    const grants = grantsIn(row.grants, "installations.grants");
    if (grants.some(({ policyDigest }) => policyDigest !== policy)) return null;
    const numbers = applicationsColumn(row.applications).map(({ number }) => number);
    if ((await unknownApplications(database, numbers)).length > 0) return null;
    return {
      ordinal,
      device: row.device,
      sessionHash: row.session_hash,
      sessionExpiresAt: row.session_expires_at ?? 0,
      stateDigest: row.state_digest,
      consentNumber: row.consent_number,
      applications: row.applications,
      counter: row.counter,
      isLocated: isLocated(grants),
      country: row.country,
    };
  },
});
