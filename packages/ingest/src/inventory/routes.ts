/** The inventory: devices that a query finds, and one device whole. */
import { deviceIdSchema, RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope } from "../accounts/caller.ts";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import { Cursors } from "../search/cursor.ts";
import { readQuery } from "../search/fields.ts";
import { freshness, paging, queryText } from "../search/questions.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import type { Scope } from "../store/scope.ts";
import { type DeviceOrder, deviceOrders } from "../store/search-index.ts";
import { devicePage, deviceWhole, namedDevices } from "./answers.ts";
import { quietOf } from "./device-state.ts";
import { deviceItem } from "./device-view.ts";
import { devicesByIdPrefix, devicesByOrdinal } from "./queries.ts";
import { writtenDevice, writtenDevices } from "./written-queries.ts";

const sortText = z
  .string()
  .regex(/^-?[a-zA-Z]{1,32}$/)
  .default("enrolled");
const devicesQuery = (config: Config) =>
  z.strictObject({ q: queryText(config), sort: sortText, ...paging(config), ...freshness });
const namedQuery = z.strictObject({ name: z.string().min(1).max(512) });
const position = z.object({ value: z.union([z.string(), z.number()]), ordinal: z.int() });

/** Devices that one name may mean before it is called too vague. */
const mostNamed = 20;

function readOrder(sort: string): DeviceOrder {
  const by = deviceOrders.find((known) => known === sort.replace(/^-/, ""));
  if (!by)
    throw new RollcallError("invalid-request", {
      detail: `Devices are sorted by ${deviceOrders.join(", ")}, with - before it the other way round.`,
    });
  return { by, descending: sort.startsWith("-") };
}

export function inventoryRoutes(services: Services): readonly Route[] {
  const { store, index, keys, now, config, lookups } = services;
  const cursors = new Cursors(keys.identity, config["search.cursorHours"]);
  const access = { permission: "inventory.read" } as const;
  const seen = () => ({ now: now(), quiet: quietOf(config) });
  return [
    route({
      method: "GET",
      path: "/api/v1/devices",
      access,
      query: devicesQuery(config),
      answers: { 200: devicePage },
      async handle({ query: { q, limit, cursor, sort, fresh } }, caller) {
        const scope = accountScope(caller);
        const question = { devices: q, sort, scope };
        const after = cursor === undefined ? null : cursors.read(cursor, question, position, now());
        const query = readQuery(q, { scope, config, now: now() });
        const asked = { order: readOrder(sort), limit, after };
        const page = await index.ask("devices", { fresh }, scope, query, asked);
        const { ordinals } = page;
        const devices = await store.read(writtenDevices, scope, { ordinals, ...seen() });
        lookups.record(caller, "list", devices.ordinals);
        const facts = {
          asOf: isoTime(page.asOf),
          next: page.next && cursors.write(question, page.next, now()),
          total: page.total,
        };
        return { status: 200, json: withItems(facts, devices.json) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/devices-named",
      access,
      query: namedQuery,
      answers: { 200: namedDevices },
      async handle({ query: { name } }, caller) {
        const scope = accountScope(caller);
        const asOf = isoTime(now());
        const rows = await store.read(devicesByOrdinal, scope, await devicesNamed(services, scope, name));
        lookups.record(
          caller,
          "list",
          rows.map(({ ordinal }) => ordinal),
        );
        return {
          status: 200,
          body: { asOf, items: rows.map((row) => deviceItem(row, { scope, ...seen() })) },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/devices/:id",
      access,
      answers: { 200: deviceWhole },
      async handle({ params }, caller) {
        const scope = accountScope(caller);
        const id = deviceIdSchema.safeParse(params.id);
        const device = id.success ? await store.read(writtenDevice, scope, { id: id.data, ...seen() }) : null;
        if (!device) throw new RollcallError("not-found", { detail: "There is no device with this id." });
        lookups.record(caller, "record", [device.ordinal]);
        return { status: 200, json: device.json };
      },
    }),
  ];
}

/** An object with one more member: `items`, which are written already. */
function withItems(facts: object, items: Uint8Array): Uint8Array {
  const text = JSON.stringify(facts);
  return Buffer.concat([Buffer.from(`${text.slice(0, -1)},"items":`), items, Buffer.from("}")]);
}

/** What a name typed by a person means: an id, the beginning of one, a host name or a serial number. */
async function devicesNamed(
  { store, index }: Services,
  scope: Scope,
  name: string,
): Promise<readonly number[]> {
  if (name.startsWith("dev_")) {
    const byId = await store.read(devicesByIdPrefix, scope, { prefix: name, most: mostNamed });
    if (byId.length > 0) return byId;
  }
  const fields = scope.sensitive ? ["host", "serial"] : ["host"];
  const order = { by: "enrolled", descending: false } as const;
  const pages = await Promise.all(
    fields.map((field) =>
      index.ask(
        "devices",
        { fresh: true },
        scope,
        { kind: "text", field, text: name },
        {
          order,
          limit: mostNamed,
          after: null,
        },
      ),
    ),
  );
  return [...new Set(pages.flatMap(({ ordinals }) => ordinals))];
}
