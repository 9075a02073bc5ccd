/** What ends a device's stay: the one rule by which it is deleted, whoever asked for it. */
import { type LookupsAnswer, RollcallError } from "@rollcall/protocol";
import type { Change } from "../audit/change.ts";
import { sweepReleased } from "../records/released-items.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { installationScope, isOverAll, protocolScope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import { deletionsSettled, deletionsShown } from "./deletions.ts";
import type { Removed } from "./forget.ts";
import { lookupsOfInstallation } from "./lookup-queries.ts";
import { removeDevice } from "./queries.ts";

type Kept = Pick<Services, "store" | "ledger">;

/**
 * Deletes a device (by its ordinal) with everything that is kept of it. Done when this resolves: it is in the ledger,
 * and nothing of it is left in any file of the server. Throws `busy` when something still reads what was there; then
 * it has to be called again, and a device that is gone already is deleted once more without harm.
 */
export async function deleteDevice(
  services: Kept & Pick<Services, "now">,
  device: number,
  change: Change,
): Promise<Removed> {
  const { ledger, now } = services;
  const removed = await change(removeDevice({ device, ledgerKey: ledger.key, at: now() }));
  await settleDeletions(services);
  return removed;
}

/** Lookups that a person is shown at most, the latest. */
const mostLookups = 1_000;

/** Who looked at an installation's device, latest first. */
export async function lookupsOf(
  { store, lookups }: Pick<Services, "store" | "lookups">,
  installation: number,
): Promise<LookupsAnswer["items"]> {
  await lookups.flush();
  const asked = { ordinal: installation, most: mostLookups };
  const rows = await store.read(lookupsOfInstallation, installationScope(installation), asked);
  return rows.map(({ account, role, purpose, what, first_at, last_at, times }) => ({
    at: isoTime(last_at),
    since: isoTime(first_at),
    by: `${role} ${account}`,
    purpose,
    what,
    times,
  }));
}

/**
 * After what was deleted is committed, and before anybody is told: in the ledger, and gone from every file. Until it is
 * the database shows it as pending.
 */
export async function settleDeletions(services: Kept): Promise<void> {
  const { store, ledger } = services;
  await carryToLedger(services);
  const { number } = ledger;
  await sweepInSmallFleet(services);
  await store.scrub();
  await store.commit([deletionsSettled(number)]);
}

/** Looking through more records than this would keep who deletes waiting. */
const fewInstallations = 30_000;

const isSmallFleet = defineRead({
  name: "is-small-fleet",
  isPoint: true,
  async run(database, scope, _input: null): Promise<boolean> {
    const { last } = await database
      .selectFrom("records")
      .select((expression) => expression.fn.max("installation").as("last"))
      .where((builder) => builder.lit(isOverAll(scope)))
      .executeTakeFirstOrThrow();
    return (last ?? 0) <= fewInstallations;
  },
});

/** What there is no room to look for now is looked for within a minute. */
async function sweepInSmallFleet({ store }: Pick<Services, "store">): Promise<void> {
  try {
    if (await store.read(isSmallFleet, protocolScope, null)) await sweepReleased(store);
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
  }
}

/** What was let go of in a large fleet goes afterwards, and leaves nothing in the files either. */
export async function tendReleased({ store }: Pick<Services, "store">): Promise<void> {
  if ((await sweepReleased(store)) > 0) await store.scrub();
}

/** Writes to the ledger what the database entered and the ledger does not have. */
async function carryToLedger({ store, ledger }: Kept): Promise<void> {
  try {
    await ledger.append(async (after) => {
      const { pending } = await store.read(deletionsShown, protocolScope, null);
      return pending.filter(({ number }) => number > after);
    });
  } catch (cause) {
    throw new RollcallError("busy", {
      detail: "The ledger of deletions cannot be written; what was asked for is not done before it is.",
      retryAfterSeconds: 60,
      cause,
    });
  }
}
