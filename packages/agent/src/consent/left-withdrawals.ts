/**
 * Withdrawals that somebody left while another command held the lock, one file each. A check-in that is running
 * takes notice before its next request, and whoever gets the lock puts them in force: no server can keep a person
 * from withdrawing by answering slowly.
 */
import { randomBytes } from "node:crypto";
import {
  categoryNames,
  digestSchema,
  type Giver,
  type Grant,
  locationLevels,
  type Ownership,
  purposes,
} from "@rollcall/protocol";
import { z } from "zod";
import type { StateDirectory, StateFile } from "../state/directory.ts";
import type { EnrolledState } from "../state/enrolled-state.ts";
import { type Consent, consentFile, type Installation } from "../state/files.ts";
import { changeConsent } from "./apply.ts";
import { withdraw } from "./change.ts";
import type { TypedWish } from "./typed-list.ts";

const leftSchema = z.object({
  wishes: z
    .array(
      z.object({
        category: z.enum(categoryNames),
        level: z.enum(locationLevels).optional(),
        purposes: z.array(z.enum(purposes)),
        purposesNamed: z.boolean(),
      }),
    )
    .max(categoryNames.length),
  /** Who withdraws, and when. */
  giver: z.object({
    by: z.string().max(256),
    interactive: z.boolean(),
    at: z.string().max(32),
    policyDigest: digestSchema,
  }),
});

const namePattern = /^withdrawal-[0-9a-f]{16}\.json$/;

const fileNamed = (name: string): StateFile<z.infer<typeof leftSchema>> => ({
  name,
  schema: leftSchema,
  remedy: "remove it, and withdraw again",
});

/** Leaves a withdrawal; on return it is on the disk and will take effect whatever happens. */
export function leaveWithdrawal(directory: StateDirectory, wishes: readonly TypedWish[], giver: Giver): void {
  const name = `withdrawal-${randomBytes(8).toString("hex")}.json`;
  directory.write(fileNamed(name), {
    wishes: wishes.map((wish) => ({ ...wish, purposes: [...wish.purposes] })),
    giver,
  });
}

const filesLeft = (directory: StateDirectory) =>
  directory
    .names()
    .filter((name) => namePattern.test(name))
    .map(fileNamed);

export const isWithdrawalLeft = (directory: StateDirectory): boolean => filesLeft(directory).length > 0;

/** Forgets what was left, for there is nothing any more to withdraw it from. */
export function removeLeftWithdrawals(directory: StateDirectory): void {
  for (const file of filesLeft(directory)) directory.remove(file);
}

/** The consent as it is once every withdrawal that was left is in force. */
export function consentNow(
  directory: StateDirectory,
  { ownership }: Pick<Installation, "ownership">,
): Consent {
  const consent = directory.demand(consentFile);
  const files = filesLeft(directory);
  if (files.length === 0) return consent;
  const { acknowledgedNumber } = consent;
  const grants = grantsAfter(directory, consent.grants, ownership);
  return { consentNumber: acknowledgedNumber + 1, acknowledgedNumber, grants: [...grants] };
}

function grantsAfter(
  directory: StateDirectory,
  grants: readonly Grant[],
  ownership: Ownership,
): readonly Grant[] {
  return filesLeft(directory).reduce<readonly Grant[]>(
    (left, file) => withdraw(left, directory.read(file)?.wishes ?? [], ownership).grants,
    grants,
  );
}

/** Puts in force what was left. The caller holds the lock. */
export function applyLeftWithdrawals(directory: StateDirectory, state: EnrolledState): void {
  const { ownership } = state.installation.value;
  for (const file of filesLeft(directory)) {
    const left = directory.read(file);
    if (left)
      changeConsent(state, withdraw(state.consent.value.grants, left.wishes, ownership).grants, left.giver);
    directory.remove(file);
  }
}
