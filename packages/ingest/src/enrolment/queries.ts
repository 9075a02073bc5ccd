/** Enrolments in the store: a token is used up, and an installation with its device begins. */
import {
  type Application,
  defaultWishes,
  type Grant,
  grantOf,
  isGrantableUnasked,
  newDeviceId,
  newInstallationId,
  type Ownership,
  type ProblemCode,
  stateDigest,
  wishesSchema,
  withGrants,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { keepConsentChanges } from "../check-ins/consent-history.ts";
import { formerInstallation } from "../copies/former.ts";
import { isoTime, jsonColumn } from "../store/columns.ts";
import { grantsIn, grantsText } from "../store/grant-columns.ts";
import type { Schema, TokenTable } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { refusalOf } from "./token-state.ts";

export interface EnrolmentInput {
  readonly tokenHash: Uint8Array;
  readonly key: string;
  readonly applications: readonly Application[];
  readonly policyDigest: string;
  /** Of what the server takes, which the device has just been told. */
  readonly acceptsDigest: string;
  readonly at: number;
}

/** What an enrolled device is told; its session is made afterwards, for the ordinal is part of it. */
export interface Enrolled {
  readonly ordinal: number;
  readonly installation: string;
  readonly device: string;
  readonly ownership: Ownership;
  readonly grants: readonly Grant[];
}

const hour = 3_600_000;

export type Admission = Enrolled | { readonly refused: ProblemCode };

/** Lets a device in. The same key again gets its installation again, whatever became of the token since. */
export const enrol = defineWrite({
  name: "enrol",
  async run(transaction, input: EnrolmentInput): Promise<Admission> {
    const known = await enrolledKey(transaction, input.key);
    if (known) return known;
    const token = await transaction
      .selectFrom("enrolment_tokens")
      .selectAll()
      .where("hash", "=", input.tokenHash)
      .executeTakeFirst();
    if (!token) return { refused: "token-unknown" };
    const usedThisHour = await enrolmentsSince(transaction, token.id, input.at - hour);
    const state = {
      ...token,
      perHour: token.per_hour,
      usedThisHour,
      expiresAt: token.expires_at,
      revokedAt: token.revoked_at,
    };
    const refused = refusalOf(state, input.at);
    if (refused) return { refused };
    await transaction
      .updateTable("enrolment_tokens")
      .set({ used: token.used + 1 })
      .where("id", "=", token.id)
      .execute();
    return addFirst(transaction, token, input);
  },
});

/** What this key enrolled; refused when that has ended, for then somebody else goes on with it. */
export async function enrolledKey(database: Kysely<Schema>, key: string): Promise<Admission | null> {
  const row = await database
    .selectFrom("installations")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .select([
      "installations.ordinal",
      "installations.id as installation",
      "devices.id as device",
      "devices.ownership",
      "installations.grants",
      "devices.retired_at",
    ])
    .where("installations.key", "=", key)
    .executeTakeFirst();
  if (!row) return (await formerInstallation(database, { key })) ? { refused: "identity-in-doubt" } : null;
  const { retired_at, grants, ...enrolled } = row;
  if (retired_at !== null) return { refused: "device-retired" };
  return { ...enrolled, grants: grantsIn(grants, "installations.grants") };
}

async function enrolmentsSince(database: Kysely<Schema>, token: number, since: number): Promise<number> {
  const { n } = await database
    .selectFrom("installations")
    .select((expression) => expression.fn.countAll<number>().as("n"))
    .where("token", "=", token)
    .where("enrolled_at", ">", since)
    // A successor needs no token, and takes none from others.
    .where("lineage", "is", null)
    .executeTakeFirstOrThrow();
  return n;
}

type Token = Omit<TokenTable, "id"> & { readonly id: number };

function addFirst(transaction: Kysely<Schema>, token: Token, input: EnrolmentInput): Promise<Enrolled> {
  const { policyDigest, at } = input;
  const giver = { by: token.created_by, interactive: false, at: isoTime(at), policyDigest };
  // The others are asked for on the device (`asks.ts`): nobody consents for its person.
  const named = jsonColumn(wishesSchema, token.wishes, "enrolment_tokens.wishes").filter((wish) =>
    isGrantableUnasked(wish, token.ownership),
  );
  const wishes = [...defaultWishes(token.ownership), ...named];
  const grants = withGrants(
    [],
    wishes.map((wish) => grantOf(wish, token.ownership, giver)),
  );
  const { group_name: group, ownership } = token;
  return addInstallation(transaction, { ...input, token: token.id, group, ownership, grants });
}

export interface NewInstallation
  extends Pick<EnrolmentInput, "key" | "applications" | "acceptsDigest" | "at"> {
  /** The id of the token that let in the first of its lineage. */
  readonly token: number;
  readonly group: string;
  readonly ownership: Ownership;
  readonly grants: readonly Grant[];
  readonly succession?: { readonly succeeds: number; readonly lineage: number };
}

/** Adds an installation with a device of its own. */
export async function addInstallation(
  transaction: Kysely<Schema>,
  { key, applications, acceptsDigest, at, token, group, ownership, grants, succession }: NewInstallation,
): Promise<Enrolled & { readonly deviceOrdinal: number }> {
  const [installation, device] = [newInstallationId(), newDeviceId()];
  const added = await transaction
    .insertInto("devices")
    .values({
      id: device,
      group_name: group,
      ownership,
      first_seen_at: at,
      last_seen_at: at,
      retired_at: null,
      summary: "{}",
      sort_name: "",
    })
    .returning("ordinal")
    .executeTakeFirstOrThrow();
  const { ordinal } = await transaction
    .insertInto("installations")
    .values({
      id: installation,
      device: added.ordinal,
      key,
      token,
      enrolled_at: at,
      applications: JSON.stringify(applications),
      counter: 0,
      check_in_nonce: null,
      check_in_answer: null,
      check_in_at: null,
      state_digest: stateDigest({}),
      accepts_digest: acceptsDigest,
      consent_number: 1,
      grants: grantsText(grants),
      consent_receipt: null,
      session_hash: null,
      session_expires_at: null,
      succeeds: succession?.succeeds ?? null,
      lineage: succession?.lineage ?? null,
    })
    .returning("ordinal")
    .executeTakeFirstOrThrow();
  const firstList = { installation: ordinal, consentNumber: 1, before: [], after: grants, at };
  await keepConsentChanges(transaction, firstList);
  return { ordinal, installation, device, deviceOrdinal: added.ordinal, ownership, grants };
}
