/** Correcting, in the store: decided on the document as it is inside the transaction. */
import {
  type Correction,
  type CorrectionRequest,
  type Ownership,
  type ProblemAt,
  parseJson,
} from "@rollcall/protocol";
import { storedSection } from "../records/sections.ts";
import { documentOf } from "../records/stored-document.ts";
import { storedConsent } from "../store/device-columns.ts";
import { defineWrite } from "../store/store.ts";
import { asCollected, correctionsIn, refusalOf, valueAt } from "./corrections.ts";

interface CorrectionInput {
  readonly ordinal: number;
  readonly device: number;
  readonly request: CorrectionRequest;
  readonly at: number;
}

type CorrectionOutcome = { readonly errors: readonly ProblemAt[] } | { readonly corrections: Correction[] };

/** Stores a correction, or takes the former one back; tells all that are in force then, or what is wrong with this one. */
export const storeCorrection = defineWrite({
  name: "store-correction",
  async run(transaction, { ordinal, device, request, at }: CorrectionInput): Promise<CorrectionOutcome> {
    const { section, field, value, reason = null } = request;
    const stored = await storedSection(transaction, ordinal, section);
    const bytes = stored ? documentOf(stored) : null;
    if (!stored || !bytes)
      return { errors: [{ pointer: "/section", detail: `nothing is stored of ${section}` }] };
    const document = parseJson(bytes);
    const { grants } = storedConsent(
      await transaction
        .selectFrom("installations")
        .select(["consent_number", "grants"])
        .where("ordinal", "=", ordinal)
        .executeTakeFirstOrThrow(),
    );
    const { ownership }: { ownership: Ownership } = await transaction
      .selectFrom("devices")
      .select("ownership")
      .where("ordinal", "=", device)
      .executeTakeFirstOrThrow();
    const refused = refusalOf(request, { schema: stored.schema, document }, { grants, ownership });
    if (refused) return { errors: refused };
    await transaction
      .deleteFrom("corrections")
      .where("installation", "=", ordinal)
      .where("section", "=", section)
      .where("field", "=", field)
      .execute();
    if (value !== null) {
      const collected = asCollected(valueAt(document, field.split(".")));
      const said = { value: JSON.stringify(value), collected, reason, at };
      await transaction
        .insertInto("corrections")
        .values({ installation: ordinal, section, field, ...said })
        .execute();
    }
    return { corrections: await correctionsIn(transaction, ordinal) };
  },
});
