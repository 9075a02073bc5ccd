/** Enrolment tokens, installations and their sessions in the store. */
import {
  type Application,
  categoryNames,
  defaultWishes,
  type Grant,
  grantOf,
  grantsSchema,
  isGrantableUnasked,
  locationLevels,
  newDeviceId,
  newInstallationId,
  type Ownership,
  type ProblemCode,
  purposes,
  stateDigest,
  type Wish,
  withGrants,
} from "@rollcall/protocol";
import type { Kysely } from "kysely";
import { z } from "zod";
import type { CallingInstallation } from "../accounts/caller.ts";
import { formerInstallation } from "../copies/former.ts";
import { isoTime, jsonColumn } from "../store/columns.ts";
import type { Schema, TokenTable } from "../store/schema.ts";
import { inScope, isOverAll } from "../store/scope.ts";
import { defineAuditedWrite, defineRead, defineWrite } from "../store/store.ts";
import { refusalOf } from "./token-state.ts";

const wishesSchema = z.array(
  z.object({
    category: z.enum(categoryNames),
    level: z.enum(locationLevels).optional(),
    purposes: z.array(z.enum(purposes)),
  }),
);

export interface NewToken {
  readonly hash: Uint8Array;
  readonly group: string;
  readonly ownership: Ownership;
  readonly wishes: readonly Wish[];
  readonly uses: number;
  readonly perHour: number;
  readonly local: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
}

export const addToken = defineAuditedWrite({
  name: "add-enrolment-token",
  subjectOf: (_input, id: number) => `enrolment-token:${id}`,
  async run(transaction, token: NewToken): Promise<number> {
    const { id } = await transaction
      .insertInto("enrolment_tokens")
      .values({
        hash: token.hash,
        group_name: token.group,
        ownership: token.ownership,
        wishes: JSON.stringify(token.wishes),
        uses: token.uses,
        used: 0,
        per_hour: token.perHour,
        local: token.local ? 1 : 0,
        created_at: token.createdAt,
        created_by: token.createdBy,
        expires_at: token.expiresAt,
        revoked_at: null,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  },
});

export const listTokens = defineRead({
  name: "list-enrolment-tokens",
  run: (database, scope, _input: null) =>
    database
      .selectFrom("enrolment_tokens")
      .selectAll()
      .where((builder) => builder.lit(isOverAll(scope)))
      .orderBy("id")
      .limit(10_000)
      .execute(),
});

/** Revokes a token; false when there is none with this id. */
export const revokeToken = defineAuditedWrite({
  name: "revoke-enrolment-token",
  subjectOf: ({ id }, revoked: boolean) => (revoked ? `enrolment-token:${id}` : null),
  async run(transaction, { id, at }: { id: number; at: number }): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable("enrolment_tokens")
      .set((expression) => ({ revoked_at: expression.fn.coalesce("revoked_at", expression.val(at)) }))
      .where("id", "=", id)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
});

/** Whether a token of this hash exists; asked before any signature is looked at. */
export const tokenExists = defineRead({
  name: "enrolment-token-exists",
  async run(database, scope, hash: Uint8Array): Promise<boolean> {
    return (
      (await database
        .selectFrom("enrolment_tokens")
        .select("id")
        .where("hash", "=", hash)
        .where((builder) => builder.lit(isOverAll(scope)))
        .executeTakeFirst()) !== undefined
    );
  },
});

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
  return { ...enrolled, grants: jsonColumn(grantsSchema, grants, "installations.grants") };
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
  // Nobody there is asked by this, whatever a token that an older server made may carry.
  const named = jsonColumn(wishesSchema, token.wishes, "enrolment_tokens.wishes")
    .map(asWish)
    .filter((wish) => isGrantableUnasked(wish, token.ownership));
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
      grants: JSON.stringify(grants),
      consent_receipt: null,
      session_hash: null,
      session_expires_at: null,
      succeeds: succession?.succeeds ?? null,
      lineage: succession?.lineage ?? null,
    })
    .returning("ordinal")
    .executeTakeFirstOrThrow();
  return { ordinal, installation, device, deviceOrdinal: added.ordinal, ownership, grants };
}

const asWish = ({ level, ...rest }: z.infer<typeof wishesSchema>[number]): Wish =>
  level === undefined ? rest : { ...rest, level };

export interface InstallationKey {
  readonly ordinal: number;
  readonly device: number;
  readonly key: string;
  /** Since when the identity is in doubt; what `refuseDoubted` is asked with. */
  readonly doubtedAt: number | null;
  readonly retired: boolean;
  /** Whether another goes on in its place. */
  readonly isFormer: boolean;
}

/** The key that something has to be proved with in the name of an installation, be it a former one. */
export const installationKey = defineRead({
  name: "installation-key",
  async run(database, scope, id: string): Promise<InstallationKey | null> {
    const row = await database
      .selectFrom("installations")
      .innerJoin("devices", "devices.ordinal", "installations.device")
      .select([
        "installations.ordinal",
        "installations.device",
        "key",
        "doubted_at as doubtedAt",
        "retired_at",
      ])
      .where("installations.id", "=", id)
      .where((builder) => inScope(builder, scope))
      .executeTakeFirst();
    if (row) {
      const { retired_at, ...installation } = row;
      return { ...installation, retired: retired_at !== null, isFormer: false };
    }
    const former = isOverAll(scope) ? await formerInstallation(database, { id }) : null;
    if (!former) return null;
    const { ordinal, device, key } = former;
    return { ordinal, device, key, doubtedAt: 0, retired: false, isFormer: true };
  },
});

/** Gives an installation its session; false when it was retired or deleted since it was asked for. */
export const setSession = defineWrite({
  name: "set-session",
  async run(
    transaction,
    { ordinal, hash, expiresAt }: { ordinal: number; hash: Uint8Array; expiresAt: number },
  ): Promise<boolean> {
    const { numUpdatedRows } = await transaction
      .updateTable("installations")
      .set({ session_hash: hash, session_expires_at: expiresAt })
      .where("ordinal", "=", ordinal)
      .where("device", "in", (there) =>
        there.selectFrom("devices").select("ordinal").where("retired_at", "is", null),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
});

export const sessionOwner = defineRead({
  name: "session-owner",
  async run(
    database,
    scope,
    ordinal: number,
  ): Promise<{
    installation: CallingInstallation;
    hash: Uint8Array | null;
    expiresAt: number | null;
    doubtedAt: number | null;
  } | null> {
    const rows = database
      .selectFrom("installations")
      .select([
        "installations.ordinal",
        "installations.id",
        "device",
        "session_hash",
        "session_expires_at",
        "doubted_at",
      ])
      .where("installations.ordinal", "=", ordinal);
    // Asked at every request of a device, under the scope of everything: that one is not made to join.
    const row = isOverAll(scope)
      ? await rows.executeTakeFirst()
      : await rows
          .innerJoin("devices", "devices.ordinal", "installations.device")
          .where((builder) => inScope(builder, scope))
          .executeTakeFirst();
    if (!row) return null;
    const { session_hash: hash, session_expires_at: expiresAt, doubted_at: doubtedAt, ...installation } = row;
    return { installation, hash, expiresAt, doubtedAt };
  },
});

export interface NewApplication {
  readonly number: string;
  readonly name: string;
  readonly at: number;
}

/** Makes an application number known; false when it is already. */
export const addApplication = defineAuditedWrite({
  name: "add-application",
  subjectOf: ({ number }, added: boolean) => (added ? `application:${number}` : null),
  async run(transaction, { number, name, at }: NewApplication): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto("applications")
      .values({ number, name, created_at: at })
      .onConflict((conflict) => conflict.column("number").doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  },
});

/** Every application, whatever the scope: they are the server's own and tell nothing of a device. */
export const listApplications = defineRead({
  name: "list-applications",
  run: (database, _scope, _input: null) =>
    database.selectFrom("applications").selectAll().orderBy("number").limit(10_000).execute(),
});

/** Which of these numbers were made known on this server. */
export async function knownApplications(
  database: Kysely<Schema>,
  numbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database
    .selectFrom("applications")
    .select("number")
    .where("number", "in", numbers)
    .execute();
  return new Set(rows.map(({ number }) => number));
}
