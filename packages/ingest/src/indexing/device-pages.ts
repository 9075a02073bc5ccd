/** Pages of the devices found in one part, in each of the orders. */
import type { DeviceOrder, DevicePosition } from "../store/search-index.ts";
import type { FoundDevices } from "./found-devices.ts";
import { compareValues, firstOf } from "./ordering.ts";

export interface PageAsked {
  readonly order: DeviceOrder;
  readonly limit: number;
  readonly after: DevicePosition | null;
}

/** The first `limit` and one more, so that it is known whether there are any. */
export function pageOf(found: FoundDevices, page: PageAsked): readonly DevicePosition[] {
  switch (page.order.by) {
    case "enrolled":
      return byOrdinal(found, page);
    case "hostname":
      return isWalkCheap(found, page) ? byWalk(found, page) : byNames(found, page);
    case "lastSeenAt":
      return first(
        positions(found, (ordinal) => found.asked.live.seenAt(ordinal)),
        page,
      );
  }
}

export function comparing({ descending }: DeviceOrder): (a: DevicePosition, b: DevicePosition) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => sign * (compareValues(a.value, b.value) || a.ordinal - b.ordinal);
}

function byOrdinal(found: FoundDevices, { order, limit, after }: PageAsked): readonly DevicePosition[] {
  const page: DevicePosition[] = [];
  const start = after?.ordinal ?? null;
  for (const ordinal of order.descending ? found.ordinalsBack(start) : found.ordinals(start)) {
    page.push({ value: ordinal, ordinal });
    if (page.length > limit) break;
  }
  return page;
}

/** Looking up the name of a device takes about as long as walking past so many. */
const stepsOfLookup = 3;

/** Whether walking along all names meets a page sooner than looking up the names of all that were found. */
function isWalkCheap(found: FoundDevices, { limit }: PageAsked): boolean {
  const steps = ((limit + 1) * found.among) / Math.max(found.count, 1);
  return steps < found.count * stepsOfLookup;
}

function byWalk(found: FoundDevices, { order, limit, after }: PageAsked): readonly DevicePosition[] {
  const [sign, direction] = order.descending ? ["<", "desc"] : [">", "asc"];
  const where = after ? `where (sort_name, ordinal) ${sign} (?, ?)` : "";
  const rows = found.asked.part.each<{ sort_name: string; ordinal: number }>(
    `select sort_name, ordinal from orders ${where} order by sort_name ${direction}, ordinal ${direction}`,
    ...(after ? [after.value, after.ordinal] : []),
  );
  const page: DevicePosition[] = [];
  let steps = 0;
  for (const { sort_name, ordinal } of rows) {
    if (++steps % 4_096 === 0) found.deadline.check();
    if (!found.has(ordinal)) continue;
    page.push({ value: sort_name, ordinal });
    if (page.length > limit) break;
  }
  return page;
}

function byNames(found: FoundDevices, page: PageAsked): readonly DevicePosition[] {
  const nameOf = (ordinal: number): string =>
    found.asked.part.rows<{ sort_name: string }>("select sort_name from orders where ordinal = ?", ordinal)[0]
      ?.sort_name ?? "";
  return first(positions(found, nameOf), page);
}

function* positions(
  found: FoundDevices,
  sortedBy: (ordinal: number) => string | number,
): Generator<DevicePosition> {
  for (const ordinal of found.ordinals(null)) yield { value: sortedBy(ordinal), ordinal };
}

/** The first of them in their order, beyond where the page before ended. */
function first(all: Iterable<DevicePosition>, { order, limit, after }: PageAsked): readonly DevicePosition[] {
  return firstOf(all, { most: limit + 1, compare: comparing(order), after });
}
