/** What changed on the devices that a query finds, the latest first: each change as the device's own history tells it. */
import { deviceIdSchema, RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { day } from "../milliseconds.ts";
import { type FeedPosition, toldChanges } from "../records/changed-sections.ts";
import { Cursors } from "../search/cursor.ts";
import { readQuery } from "../search/fields.ts";
import { freshness, queryText } from "../search/questions.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { feedPage } from "./change-feed.ts";
import { quietOf } from "./device-state.ts";
import { deviceItem } from "./device-view.ts";
import { history, historyQuery } from "./history-routes.ts";
import { changeView } from "./history-view.ts";
import { devicesByOrdinal } from "./queries.ts";

/** No version is kept for longer. */
const mostDays = 400;

const age = /^(\d{1,9})([smhdw])$/;
const changesQuery = (config: Config) =>
  historyQuery.extend({
    q: queryText(config),
    since: z.union([z.iso.datetime(), z.iso.date(), z.string().regex(age)]).default("24h"),
    ...freshness,
  });
/** Where a page ended, and since when the first one asked. */
const position = z.object({
  from: z.int(),
  since: z.int(),
  installation: z.int(),
  name: z.string(),
});

export const changes = z.strictObject({
  asOf: z.iso.datetime(),
  items: z.array(
    z.strictObject({
      device: z.strictObject({ id: deviceIdSchema, hostname: z.string().nullable() }),
      ...history.shape.items.element.shape,
    }),
  ),
  next: z.string().nullable(),
});

export function changesRoutes(services: Services): readonly Route[] {
  const { store, keys, config, now, lookups } = services;
  const cursors = new Cursors(keys.identity, config["search.cursorHours"]);
  const access = { permission: "inventory.read" } as const;
  /** The changes as the caller may read them; it is remembered who was told of whom. */
  const told = async (caller: CallingAccount, found: readonly FeedPosition[]) => {
    const scope = accountScope(caller);
    const shown = await store.read(toldChanges, scope, found);
    const ordinals = [...new Set(shown.map(({ device }) => device))];
    const rows = await store.read(devicesByOrdinal, scope, ordinals);
    const viewing = { scope, now: now(), quiet: quietOf(config) };
    const devices = new Map(rows.map((row) => [row.ordinal, deviceItem(row, viewing)]));
    lookups.record(caller, "record", [...devices.keys()]);
    return shown.flatMap(({ device, change }) => {
      const item = devices.get(device);
      // One that went in between.
      if (!item) return [];
      return [{ device: { id: item.id, hostname: item.hostname }, ...changeView(change, scope) }];
    });
  };
  return [
    route({
      method: "GET",
      path: "/api/v1/changes",
      access,
      query: changesQuery(config),
      answers: { 200: changes },
      async handle({ query: { q, since, section, limit, cursor, fresh } }, caller) {
        const scope = accountScope(caller);
        const question = { changes: q, since, section: section ?? null, scope };
        const ended = cursor === undefined ? null : cursors.read(cursor, question, position, now());
        const from = ended?.from ?? readSince(since, now());
        const query = readQuery(q, { scope, config, now: now() });
        const page = await feedPage(services, scope, { query, from, section, after: ended, limit, fresh });
        const next = page.next && cursors.write(question, { from, ...page.next }, now());
        return {
          status: 200,
          body: { asOf: isoTime(page.asOf), items: await told(caller, page.found), next },
        };
      },
    }),
  ];
}

const milliseconds: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: day,
  w: 7 * day,
};

/** A time, or how long ago it is; milliseconds since 1970. */
function readSince(text: string, now: number): number {
  const [, amount, unit = ""] = age.exec(text) ?? [];
  const since = amount === undefined ? Date.parse(text) : now - Number(amount) * (milliseconds[unit] ?? 0);
  if (now - since <= mostDays * day) return since;
  throw new RollcallError("invalid-request", {
    errors: [{ pointer: "/since", detail: `is at most ${mostDays} days ago; nothing older is kept` }],
  });
}
