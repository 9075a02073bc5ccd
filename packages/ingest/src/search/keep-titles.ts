/** Once a day: that titles are still on some device, as the index knows it, so that what is kept of them stays. */
import { everyDevice } from "@rollcall/protocol";
import type { Services } from "../services.ts";
import { protocolScope } from "../store/scope.ts";
import type { TitlePosition } from "../store/search-index.ts";
import { keepTitles as keep, titlesDue } from "./title-queries.ts";

type Keeping = Pick<Services, "store" | "index" | "now">;

/** Titles of one question, and of one transaction. */
const slice = 500;

/** Throws `busy` where there is no index to ask. */
export async function keepTitles(services: Keeping): Promise<void> {
  if (!(await services.store.read(titlesDue, protocolScope, services.now()))) return;
  let after: TitlePosition | null = null;
  do after = await keepSome(services, after);
  while (after !== null);
}

/** Where to go on. */
async function keepSome(
  { store, index, now }: Keeping,
  after: TitlePosition | null,
): Promise<TitlePosition | null> {
  const page = { limit: slice, after };
  const { items, next } = await index.ask("titles", { fresh: false }, protocolScope, [], everyDevice, page);
  if (items.length > 0) await store.commit([keep({ titles: items, at: now() })]);
  return next;
}
