/**
 * Which sections changed in a fleet, the latest first: found by time, so that nobody reads a device that did not change,
 * and what changed in each.
 */
import type { ExpressionBuilder, Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { inScope, type Scope } from "../store/scope.ts";
import { defineRead } from "../store/store.ts";
import { namesIn } from "./change-rows.ts";
import { changesAt, type SectionChange } from "./section-versions.ts";

/** Where one stands in the order of all: by time, then installation (both descending), then name. */
export interface FeedPosition {
  readonly since: number;
  readonly installation: number;
  readonly name: string;
}

/** That a section became something else then, without what. */
export interface ChangedSection extends FeedPosition {
  /** Its ordinal. */
  readonly device: number;
}

export interface ChangedPart {
  readonly found: readonly ChangedSection[];
  /** Where to go on, also where nothing was found among those that were looked at; null at the end. */
  readonly next: FeedPosition | null;
}

export interface ChangedInput {
  /** Nothing before this time; milliseconds since 1970. */
  readonly from: number;
  /** Only this section. */
  readonly section: string | undefined;
  /** Only of these devices, where they are few; else of all. */
  readonly devices: readonly number[] | null;
  readonly after: FeedPosition | null;
  /** Changes looked at. */
  readonly most: number;
}

/**
 * The next changes within a scope. A change that arrives meanwhile stands before all of them, and one that is superseded
 * meanwhile keeps its place, so that going on from a position meets each once.
 */
export const changedSections = defineRead({
  name: "changed-sections",
  async run(database, scope, input: ChangedInput): Promise<ChangedPart> {
    const all = eachOnce((await changedIn(database, input)).sort(inOrder));
    const looked = all.slice(0, input.most);
    const { section } = input;
    // Not in SQL: a section that hardly ever changes would have it look at everything.
    const wanted = looked.filter(({ name }) => section === undefined || name === section);
    const devices = await devicesOf(database, scope, wanted);
    const found = wanted.flatMap((each) => {
      const device = devices.get(each.installation);
      return device === undefined ? [] : [{ ...each, device }];
    });
    return { found, next: all.length > input.most ? (looked.at(-1) ?? null) : null };
  },
});

function inOrder(a: FeedPosition, b: FeedPosition): number {
  return b.since - a.since || b.installation - a.installation || (a.name < b.name ? -1 : 1);
}

const eachOnce = (sorted: readonly FeedPosition[]): FeedPosition[] =>
  sorted.filter((each, at) => {
    const before = sorted[at - 1];
    return (
      before?.since !== each.since || before.installation !== each.installation || before.name !== each.name
    );
  });

/** At least the next `most` and one more, where there are as many: a row names one section or several. */
async function changedIn(
  database: Kysely<Schema>,
  { from, devices, after, most }: ChangedInput,
): Promise<FeedPosition[]> {
  const rows = await database
    .selectFrom("changes")
    .select(["since", "installation", "sections"])
    .where("since", ">=", from)
    .$if(devices !== null, (query) =>
      query.where("installation", "in", (of) =>
        of
          .selectFrom("installations")
          .select("ordinal")
          .where("device", "in", devices ?? []),
      ),
    )
    .$if(after !== null, (query) => query.where((builder) => isBehind(builder, after ?? beforeAll)))
    .orderBy("since", "desc")
    .orderBy("installation", "desc")
    .limit(most + 1 + sameRows)
    .execute();
  const names = await namesIn(
    database,
    rows.map(({ sections }) => sections),
  );
  return rows
    .flatMap(({ since, installation }, at) =>
      (names[at] ?? []).map((name): FeedPosition => ({ since, installation, name })),
    )
    .filter((position) => after === null || inOrder(after, position) < 0);
}

/** Rows of the change at which a page begins: all of what they name may have been told already. */
const sameRows = 64;

const beforeAll: FeedPosition = { since: Number.MAX_SAFE_INTEGER, installation: 0, name: "" };

/** Or among what changed together with that. */
const isBehind = (
  builder: ExpressionBuilder<Schema, "changes">,
  { since, installation }: Pick<FeedPosition, "since" | "installation">,
) =>
  builder.and([
    // For the index on times alone.
    builder("since", "<=", since),
    builder.or([builder("since", "<", since), builder("installation", "<=", installation)]),
  ]);

/** Devices by their installations, those in scope. */
async function devicesOf(
  database: Kysely<Schema>,
  scope: Scope,
  changed: readonly Pick<FeedPosition, "installation">[],
): Promise<ReadonlyMap<number, number>> {
  const installations = [...new Set(changed.map(({ installation }) => installation))];
  if (installations.length === 0) return new Map();
  const rows = await database
    .selectFrom("installations")
    .innerJoin("devices", "devices.ordinal", "installations.device")
    .select(["installations.ordinal as installation", "devices.ordinal as device"])
    .where("installations.ordinal", "in", installations)
    .where((builder) => inScope(builder, scope))
    .execute();
  return new Map(rows.map(({ installation, device }) => [installation, device]));
}

/** What a section became and what it was, with the ordinal of its device. */
export interface ToldChange {
  readonly device: number;
  readonly change: SectionChange;
}

/** What changed, in the order given; what is not there any more, or not in scope, is left out. */
export const toldChanges = defineRead({
  name: "told-changes",
  async run(database, scope, changed: readonly FeedPosition[]): Promise<ToldChange[]> {
    const devices = await devicesOf(database, scope, changed);
    const told = new Map<string, readonly SectionChange[]>();
    for (const [installation, own] of Map.groupBy(changed, (each) => each.installation)) {
      if (!devices.has(installation)) continue;
      for (const [name, versions] of Map.groupBy(own, (each) => each.name)) {
        const times = versions.map(({ since }) => since);
        const changes = await changesAt(database, installation, name, times);
        for (const [since, same] of Map.groupBy(changes, (change) => change.since))
          told.set(keyOf({ installation, name, since }), same);
      }
    }
    return changed.flatMap((each) => {
      const device = devices.get(each.installation);
      if (device === undefined) return [];
      return (told.get(keyOf(each)) ?? []).map((change) => ({ device, change }));
    });
  },
});

const keyOf = ({ installation, name, since }: FeedPosition): string => `${installation} ${since} ${name}`;
