/** Questions to the inventory: software and facets. */
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { fewDevices } from "../privacy/lookups.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";
import { type IndexQuery, type TitleCount, titleOrders } from "../store/search-index.ts";
import { facets, titlePage } from "./answers.ts";
import { Cursors } from "./cursor.ts";
import { demandField, readQuery } from "./fields.ts";
import { flag, freshness, paging, queryText } from "./questions.ts";
import { reindexRoute } from "./reindex.ts";
import { rollupPage, wholeFleetOnly } from "./rollup-page.ts";
import { titlesSeen } from "./title-queries.ts";

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
    at: z
      .union([z.iso.datetime(), z.iso.date()])
      .transform((text) => Date.parse(text))
      .optional(),
    ...paging(config),
    ...freshness,
  });
const valuePosition = z.object({ value: z.union([z.string(), z.number()]), devices: z.int() });
const titlePosition = z.object({ name: z.string(), version: z.string(), source: z.string() });
const countedPosition = titlePosition.extend({ devices: z.number() });

const access = { permission: "inventory.read" } as const;

/** Holders of a title that are asked when they checked in. */
const mostHolders = 50;

const timeOf = (at: number | null | undefined) => (at == null ? null : isoTime(at));

export function searchRoutes(services: Services): readonly Route[] {
  const { store, index, keys, config, now, lookups } = services;
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
  /** Titles as they are told, with when they were seen: of what many have by some of them, who check in all the time. */
  const withTimes = async (scope: Scope, titles: readonly TitleCount[]) => {
    const { holders } = await index.ask("holders", { fresh: false }, scope, titles, mostHolders);
    const held = titles.map((title, at) => ({ ...title, holders: holders[at] ?? [] }));
    const seen = await store.read(titlesSeen, scope, held);
    return titles.map(({ source, name, version, devices }, at) => ({
      source,
      name,
      version,
      devices,
      firstSeenAt: timeOf(seen[at]?.firstSeenAt),
      lastSeenAt: timeOf(seen[at]?.lastSeenAt),
    }));
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
        const shown = await withTimes(scope, items);
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
      async handle({ query: { field, q, at, limit, cursor, fresh } }, caller) {
        const scope = accountScope(caller);
        const question = { facet: field, q, scope, ...(at === undefined ? {} : { at }) };
        const after = cursor === undefined ? null : cursors.read(cursor, question, valuePosition, now());
        if (at !== undefined) {
          if (q !== "") throw wholeFleetOnly();
          const { next, ...body } = await rollupPage(services, scope, { field, at, limit, after });
          return { status: 200, body: { ...body, next: next && cursors.write(question, next, now()) } };
        }
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
