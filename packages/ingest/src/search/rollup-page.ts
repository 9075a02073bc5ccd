/** A past day's counts as they are asked for. */
import { RollcallError } from "@rollcall/protocol";
import { dayOf } from "../indexing/changed-days.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { isOverAll, type Scope } from "../store/scope.ts";
import type { FacetValue } from "../store/search-index.ts";
import { rollupOf } from "./rollup-queries.ts";

export const wholeFleetOnly = () =>
  new RollcallError("not-permitted", {
    detail:
      "Counts of a past day are of all devices together: without a query, for who may see every device.",
  });

interface PageAsked {
  readonly field: string;
  /** Some time of the day. */
  readonly at: number;
  readonly limit: number;
  readonly after: FacetValue | null;
}

export async function rollupPage(
  { store }: Pick<Services, "store">,
  scope: Scope,
  { field, at, limit, after }: PageAsked,
) {
  if (!isOverAll(scope)) throw wholeFleetOnly();
  const rollup = await store.read(rollupOf, scope, { field, day: dayOf(at) });
  if (!rollup)
    throw new RollcallError("not-found", {
      detail: `The values of ${field} were not counted on that day; rollups.fields of the configuration says of which they are.`,
    });
  const start = after === null ? 0 : rollup.items.findIndex(({ value }) => value === after.value) + 1;
  const items = rollup.items.slice(start, start + limit);
  const next = start + limit < rollup.items.length ? (items.at(-1) ?? null) : null;
  return { asOf: isoTime(rollup.at), others: rollup.others, items, next };
}
