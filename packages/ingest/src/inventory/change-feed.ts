/** The next page of what changed on the devices that a query finds: looked for by time, or in a few devices alone. */
import { joined } from "@rollcall/protocol";
import { changedField } from "../indexing/changed-days.ts";
import {
  type ChangedPart,
  type ChangedSection,
  changedSections,
  type FeedPosition,
} from "../records/changed-sections.ts";
import type { Services } from "../services.ts";
import type { Scope } from "../store/scope.ts";
import type { IndexQuery } from "../store/search-index.ts";

/** A query that finds no more devices than this is answered from them alone. */
const few = 200;
/** Changes looked at in one step, where only some of them are of devices that were asked for. */
const step = 1_000;
/** Changes looked at for one page; one that finds too few among them is shorter, and says where to go on. */
const mostLookedAt = 20_000;

export interface FeedAsked {
  readonly query: IndexQuery;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly section: string | undefined;
  readonly after: FeedPosition | null;
  readonly limit: number;
  readonly fresh: boolean;
}

export interface FeedPage extends ChangedPart {
  /** Until when the answer has everything. */
  readonly asOf: number;
}

export async function feedPage(services: Services, scope: Scope, asked: FeedAsked): Promise<FeedPage> {
  const among = await devicesAsked(services, scope, asked);
  if (among.kind === "few" && among.devices.length === 0) return { asOf: among.asOf, found: [], next: null };
  const devices = among.kind === "few" ? among.devices : null;
  const most = among.kind === "all" ? asked.limit : step;
  const found: ChangedSection[] = [];
  let after = asked.after;
  for (let looked = 0; looked < mostLookedAt; looked += most) {
    const input = { from: asked.from, section: asked.section, devices, after, most };
    const part = await services.store.read(changedSections, scope, input);
    found.push(...(among.kind === "some" ? await among.of(part.found) : part.found));
    const isMore = found.length > asked.limit || part.next !== null;
    if (found.length >= asked.limit) return page(among.asOf, found.slice(0, asked.limit), isMore);
    after = part.next;
    if (after === null) break;
  }
  return { asOf: among.asOf, found, next: after };
}

function page(asOf: number, found: readonly ChangedSection[], isMore: boolean): FeedPage {
  const last = isMore ? found.at(-1) : undefined;
  const next = last ? { since: last.since, installation: last.installation, name: last.name } : null;
  return { asOf, found, next };
}

/** Whose changes are asked for: everybody's, those of a few, or of some among them all. */
type Among =
  | { readonly kind: "all"; readonly asOf: number }
  | { readonly kind: "few"; readonly asOf: number; readonly devices: readonly number[] }
  | {
      readonly kind: "some";
      readonly asOf: number;
      of(changed: readonly ChangedSection[]): Promise<readonly ChangedSection[]>;
    };

async function devicesAsked(
  { index, now }: Services,
  scope: Scope,
  { query, from, section, fresh }: FeedAsked,
): Promise<Among> {
  const isWhole = query.kind === "all" && query.parts.length === 0;
  const changed = { kind: "time", field: changedField(section), comparison: ">=", at: from } as const;
  // Of one section the index knows whether there are few, however long ago they were.
  if (isWhole && scope.devices.kind === "all" && section === undefined) return { kind: "all", asOf: now() };
  const order = { by: "enrolled", descending: false } as const;
  const first = { order, limit: few, after: null };
  const { asOf, ordinals, next } = await index.ask(
    "devices",
    { fresh },
    scope,
    joined("all", [query, changed]),
    first,
  );
  if (next === null) return { kind: "few", asOf, devices: ordinals };
  return {
    kind: "some",
    asOf,
    async of(changed) {
      // Who is in scope is the store's to say.
      if (isWhole || changed.length === 0) return changed;
      const devices = [...new Set(changed.map(({ device }) => device))];
      const those = await index.ask("among", { fresh: false }, scope, query, devices);
      const wanted = new Set(those.ordinals);
      return changed.filter(({ device }) => wanted.has(device));
    },
  };
}
