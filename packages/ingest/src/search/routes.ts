/** Questions to the inventory: software and facets. */
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { fewDevices } from "../privacy/lookups.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { type IndexQuery, titleOrders } from "../store/search-index.ts";
import { facets, titlePage } from "./answers.ts";
import { Cursors } from "./cursor.ts";
import { demandField, readQuery } from "./fields.ts";
import { flag, freshness, paging, queryText } from "./questions.ts";
import { reindexRoute } from "./reindex.ts";

const softwareQuery = (config: Config) =>
  z.strictObject({
    q: z.string().max(256).default(""),
    deviceQ: queryText(config),
    sort: z.enum(titleOrders).default("name"),
    exact: flag,
    ...paging(config),
    ...freshness,
  });
const facetQuery = (config: Config) =>
  z.strictObject({
    field: z.string().min(1).max(64),
    q: queryText(config),
    ...paging(config),
    ...freshness,
  });
const valuePosition = z.object({ value: z.union([z.string(), z.number()]), devices: z.int() });
const titlePosition = z.object({ name: z.string(), version: z.string(), source: z.string() });
const countedPosition = titlePosition.extend({ devices: z.number() });

const access = { permission: "inventory.read" } as const;

export function searchRoutes(services: Services): readonly Route[] {
  const { index, keys, config, now, lookups } = services;
  /** What counts few devices tells of each of them. What counts one value on many is of no one's. */
  const remember = (
    caller: CallingAccount,
    query: IndexQuery,
    items: readonly { readonly devices: number }[],
  ): void => {
    if (items.length === 0 || items.some(({ devices }) => devices > fewDevices)) return;
    const order = { by: "enrolled", descending: false } as const;
    lookups.recordFew(caller, async () => {
      const page = { order, limit: fewDevices + 1, after: null };
      return (await index.ask("devices", { fresh: false }, accountScope(caller), query, page)).ordinals;
    });
  };
  const cursors = new Cursors(keys.identity, config["search.cursorHours"]);
  return [
    route({
      method: "GET",
      path: "/api/v1/software",
      access,
      query: softwareQuery(config),
      answers: { 200: titlePage },
      async handle({ query: { q, deviceQ, sort, exact, limit, cursor, fresh } }, caller) {
        const scope = accountScope(caller);
        const question = { software: q, deviceQ, scope, ...(sort === "name" ? {} : { sort }) };
        const after = <Position>(position: z.ZodType<Position>): Position | null =>
          cursor === undefined ? null : cursors.read(cursor, question, position, now());
        const words = q.split(/\s+/).filter((word) => word !== "");
        const query = readQuery(deviceQ, { scope, config, now: now() });
        const { asOf, items, next, ...listed } =
          sort === "name"
            ? await index.ask("titles", { fresh }, scope, words, query, {
                limit,
                after: after(titlePosition),
              })
            : await index.ask("titlesByCount", { fresh }, scope, words, query, {
                limit,
                after: after(countedPosition),
                exact,
              });
        remember(caller, query, items);
        const shown = items.map(({ source, name, version, devices }) => ({ source, name, version, devices }));
        return {
          status: 200,
          body: {
            asOf: isoTime(asOf),
            items: shown,
            next: next && cursors.write(question, next, now()),
            ...listed,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/facets",
      access,
      query: facetQuery(config),
      answers: { 200: facets },
      async handle({ query: { field, q, limit, cursor, fresh } }, caller) {
        const scope = accountScope(caller);
        const question = { facet: field, q, scope };
        const after = cursor === undefined ? null : cursors.read(cursor, question, valuePosition, now());
        const query = readQuery(q, { scope, config, now: now() });
        const [asked, page] = [demandField(field, scope), { limit, after }];
        const { asOf, items, next } = await index.ask("facet", { fresh }, scope, asked, query, page);
        remember(caller, query, items);
        return {
          status: 200,
          body: { asOf: isoTime(asOf), items, next: next && cursors.write(question, next, now()) },
        };
      },
    }),
    reindexRoute(services),
  ];
}
