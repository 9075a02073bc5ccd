/** What the server does by itself about doubts: it settles those that can be, whether or not anybody checks in. */
import type { Services } from "../services.ts";
import { settleDoubts } from "./settle.ts";
import { patience } from "./verdict.ts";

export async function tendDoubts({
  store,
  config,
  now,
}: Pick<Services, "store" | "config" | "now">): Promise<void> {
  await store.commit([settleDoubts({ at: now(), patience: patience(config) })]);
}
