/** Values of a field in one part, with how many of the devices found have each; those that any has. */
import { idsOf, places } from "./conditions.ts";
import type { FoundDevices } from "./found-devices.ts";

export interface CountedValue {
  /** What is equal in spellings of one value. */
  readonly same: string | number;
  readonly value: string | number;
  readonly devices: number;
}

/** In the order of `same`. */
export function* valuesCounted(found: FoundDevices, field: string): Generator<CountedValue> {
  const kind = found.asked.fields.find(({ name }) => name === field)?.kind;
  if (kind === "key") yield* keysCounted(found, field);
  else if (kind !== undefined) yield* termsCounted(found, field, kind);
}

function* termsCounted(found: FoundDevices, field: string, kind: string): Generator<CountedValue> {
  const ids = idsOf(found.asked, field);
  const by = kind === "number" ? "number" : kind === "title" || field === "group" ? "shown" : "folded";
  const terms = found.asked.part.terms(`field in ${places(ids)} order by ${by}, shown`, ...ids);
  for (const group of grouped(terms, (term) => term[by])) {
    const devices = found.countWith(group.map(({ id }) => id));
    if (devices === 0) continue;
    const shown = group.find(({ id }) => group.length === 1 || found.countWith([id]) > 0)?.shown ?? "";
    const same = group[0]?.[by] ?? "";
    yield { same, value: by === "number" ? same : shown, devices };
  }
}

function* keysCounted(found: FoundDevices, field: string): Generator<CountedValue> {
  const ids = idsOf(found.asked, field);
  const keys = found.asked.part.keys(`field in ${places(ids)} order by folded, ordinal`, ...ids);
  for (const group of grouped(keys, ({ folded }) => folded)) {
    const there = group.filter(({ ordinal }) => found.has(ordinal));
    const [one] = there;
    if (!one) continue;
    const devices = new Set(there.map(({ ordinal }) => ordinal)).size;
    const value = there.map(({ shown }) => shown).sort(byBytes)[0] ?? "";
    yield { same: one.folded, value, devices };
  }
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Neighbours with the same key. */
function* grouped<T>(rows: Iterable<T>, keyOf: (row: T) => string | number): Generator<readonly T[]> {
  let group: T[] = [];
  let key: string | number | undefined;
  for (const row of rows) {
    const own = keyOf(row);
    if (group.length > 0 && own !== key) {
      yield group;
      group = [];
    }
    key = own;
    group.push(row);
  }
  if (group.length > 0) yield group;
}
