/** Removes sections of an installation for other reasons than that it says so itself. */
import { defineWrite } from "../store/store.ts";
import { forgetSections, updateStateDigest, type Whose } from "./section-queries.ts";

interface ForgottenSections extends Whose {
  readonly names: readonly string[];
}

/** Everything that came from them goes; the state digest tells the device's next check-in that they are gone. */
export const forgetSectionsOf = defineWrite({
  name: "forget-sections-of",
  async run(transaction, { names, ...whose }: ForgottenSections): Promise<void> {
    await forgetSections(transaction, whose, names);
    await updateStateDigest(transaction, whose.ordinal);
  },
});
