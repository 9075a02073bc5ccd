/** What the server signs for what it has deleted. */
import { type DeletionReceipt, RollcallError, signReceipt } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";

type Signing = Pick<Services, "keys" | "now">;

export function deletionReceiptFor(
  { keys, now }: Signing,
  installation: string,
  what: Pick<DeletionReceipt, "scope" | "categories">,
): DeletionReceipt {
  const server = keys.identity.publicKey;
  const at = isoTime(now());
  return signReceipt(keys.receipt, { use: "deletion" as const, server, installation, ...what, at });
}

/**
 * What a deleted installation is told. It brings the receipt again, for the one that came with the deletion may have
 * been lost, and says nothing but that nothing is there.
 */
export const deviceDeleted = (services: Signing, installation: string): RollcallError =>
  new RollcallError("device-deleted", {
    extra: { receipt: deletionReceiptFor(services, installation, { scope: "everything" }) },
  });
