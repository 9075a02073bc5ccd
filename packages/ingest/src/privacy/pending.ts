/** Deletions that are committed, and not in the ledger or not gone from the files yet: nobody may be told that they are done. */
import { RollcallError } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { protocolScope } from "../store/scope.ts";
import { isOfDevice } from "./deletion.ts";
import { deletionsShown } from "./deletions.ts";
import { settleDeletions } from "./rules.ts";

type Kept = Pick<Services, "store" | "ledger">;

const pendingIn = async ({ store }: Kept) => (await store.read(deletionsShown, protocolScope, null)).pending;

/** Does again what failed after its commit, so that who asked for it need not ask again. */
export async function tendDeletions(services: Kept): Promise<void> {
  if ((await pendingIn(services)).length > 0) await settleDeletions(services);
}

/** Throws `busy` when the device or installation with this id was deleted, and the ledger does not tell so yet. */
export async function refusePending(services: Kept, id: string): Promise<void> {
  const name = services.ledger.nameOf(id);
  if ((await pendingIn(services)).some((entry) => isOfDevice(entry) && entry.names?.includes(name)))
    throw new RollcallError("busy", {
      detail: "The ledger of deletions cannot be written; what became of this device is told when it is.",
      retryAfterSeconds: 60,
    });
}
