/**
 * A person's deletion, and what it may leave to nobody. Where the device goes on for one in doubt, that one's record is
 * not theirs to delete yet: another successor may turn up. As long as it has for that, as long the record is kept; then
 * it is deleted as well.
 */
import type { Kysely, Transaction } from "kysely";
import { installationGone } from "../check-ins/installation-gone.ts";
import { refuseDoubted } from "../copies/doubt.ts";
import { patience } from "../copies/verdict.ts";
import type { Services } from "../services.ts";
import type { Schema } from "../store/schema.ts";
import { defineWrite } from "../store/store.ts";
import { type Removal, remove } from "./remove.ts";

interface Removing extends Pick<Removal, "ledgerKey" | "at"> {
  /** How long another successor has, milliseconds. */
  readonly patience: number;
}

export const removingOf = ({
  ledger,
  config,
  now,
}: Pick<Services, "ledger" | "config" | "now">): Removing => ({
  ledgerKey: ledger.key,
  at: now(),
  patience: patience(config),
});

/** Removes the device that an installation goes on for, on its word. Throws when that is not its word any more. */
export const removeOwn = defineWrite({
  name: "remove-own",
  async run(
    transaction,
    { installation, ...removing }: Removing & { readonly installation: number },
  ): Promise<void> {
    const row = await transaction
      .selectFrom("installations")
      .select(["device", "succeeds", "doubted_at"])
      .where("ordinal", "=", installation)
      .executeTakeFirstOrThrow(installationGone);
    refuseDoubted({ doubtedAt: row.doubted_at });
    await removeOne(transaction, row, removing);
  },
});

/** Devices that are removed in one transaction. */
export const unreachedAtOnce = 20;

/**
 * Removes devices in doubt whose successors were deleted by their person, and for which nobody has turned up: some of
 * them. Tells how many.
 */
const removeUnreached = defineWrite({
  name: "remove-unreached",
  async run(transaction, removing: Removing): Promise<number> {
    const some = await unreached(transaction, removing.at);
    for (const row of some) await removeOne(transaction, row, removing);
    return some.length;
  },
});

/** What the server does by itself; what it removes is carried to the ledger as other deletions are. */
export async function tendUnreached(
  services: Pick<Services, "store" | "ledger" | "config" | "now">,
): Promise<void> {
  const removing = removingOf(services);
  for (let removed = unreachedAtOnce; removed === unreachedAtOnce; )
    [removed] = await services.store.commit([removeUnreached(removing)]);
}

interface Ending {
  readonly device: number;
  readonly succeeds: number | null;
}

async function removeOne(
  transaction: Transaction<Schema>,
  { device, succeeds }: Ending,
  { patience, ...removal }: Removing,
): Promise<void> {
  await remove(transaction, { device, ...removal });
  if (succeeds === null) return;
  await transaction
    .updateTable("installations")
    .set({ delete_at: removal.at + patience })
    .where("ordinal", "=", succeeds)
    .where("doubted_at", "is not", null)
    .execute();
}

function unreached(database: Kysely<Schema>, at: number): Promise<Ending[]> {
  return database
    .selectFrom("installations")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .select(["installations.device", "installations.succeeds"])
    .where("doubted_at", "is not", null)
    .where("delete_at", "<=", at)
    .where("merge", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("installations as successor")
            .innerJoin("devices as goesOn", "goesOn.ordinal", "successor.device")
            .select("successor.ordinal")
            .whereRef("successor.succeeds", "=", "installations.ordinal")
            // Who was retired goes on for nobody.
            .where("goesOn.retired_at", "is", null),
        ),
      ),
    )
    .orderBy("installations.ordinal")
    .limit(unreachedAtOnce)
    .execute();
}
