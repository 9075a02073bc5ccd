/**
 * Deletion on the word of the person at a device. A personal device is forgotten at once; of an organisation's device
 * what is personal goes at once, and whether the rest does is a request to the organisation.
 */
import { allSections, type Category, type DeletionAnswer, type Grant } from "@rollcall/protocol";
import type { CallingInstallation } from "../accounts/caller.ts";
import { forgetSectionsOf } from "../check-ins/forget-sections.ts";
import type { Services } from "../services.ts";
import { installationScope } from "../store/scope.ts";
import { deletionReceiptFor } from "./deletion-receipt.ts";
import { enteredDeletion } from "./deletions.ts";
import { askForDeletion, ownRecord } from "./me-queries.ts";
import { settleDeletions } from "./rules.ts";
import { removeOwn, removingOf } from "./unreached.ts";

/** Deletes what may be, which no account did: it stands in the ledger and not in the audit log. Signed for only when it is gone from the disk, too. */
export async function deleteOwn(
  services: Services,
  { ordinal, id, device }: CallingInstallation,
): Promise<DeletionAnswer> {
  const { store } = services;
  const record = await store.read(ownRecord, installationScope(ordinal), ordinal);
  const { ownership, consent } = record;
  if (ownership === "personal") {
    await store.commit([removeOwn({ installation: ordinal, ...removingOf(services) })]);
    await settleDeletions(services);
    return { receipt: deletionReceiptFor(services, id, { scope: "everything" }) };
  }
  const categories = personalCategories(consent.grants);
  const names = allSections.filter(({ category }) => categories.includes(category)).map(({ name }) => name);
  const at = services.now();
  const [, request] = await store.commit([
    forgetSectionsOf({ ordinal, device, names }),
    askForDeletion({ device, at }),
    enteredDeletion({
      names: [id, record.device].map((each) => services.ledger.nameOf(each)),
      categories,
      at,
    }),
  ]);
  await settleDeletions(services);
  return { receipt: deletionReceiptFor(services, id, { scope: "personal", categories }), request };
}

/** They tell of persons and not of the asset, whoever owns that. */
const alwaysPersonal: readonly Category[] = ["personal-software", "people", "location", "nearby"];

/** What is a person's on an organisation's device: these, and whatever else stands on consent there. */
function personalCategories(grants: readonly Grant[]): Category[] {
  const consented = grants.filter(({ basis }) => basis === "consent").map(({ category }) => category);
  return [...new Set([...alwaysPersonal, ...consented])];
}
