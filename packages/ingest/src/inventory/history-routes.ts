/** What a device was: what changed in its sections, and what they were at a time. */
import { deviceIdSchema, digestSchema, RollcallError } from "@rollcall/protocol";
import { z } from "zod";
import { accountScope, type CallingAccount } from "../accounts/caller.ts";
import { type Route, route } from "../http/route.ts";
import { sectionChanges, sectionsAt } from "../records/section-versions.ts";
import { Cursors } from "../search/cursor.ts";
import type { Services } from "../services.ts";
import { isoTime } from "../store/columns.ts";
import { changeView, sectionAtView } from "./history-view.ts";

/** Each entry of a page takes two documents to be told. */
const pages = { usual: 20, largest: 100 } as const;

const sectionName = z.string().min(1).max(64);
export const historyQuery = z.strictObject({
  section: sectionName.optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(pages.usual)
    .transform((asked) => Math.min(asked, pages.largest)),
  cursor: z.string().max(8_192).optional(),
});
const atQuery = z.strictObject({
  at: z.union([z.iso.datetime(), z.iso.date()]).transform((text) => Date.parse(text)),
});
const position = z.object({ since: z.int(), name: z.string(), id: z.int() });

const instant = z.iso.datetime();
const place = z.array(z.string());
const told = z.array(z.strictObject({ place, value: z.unknown() }));
/** The store cannot read a document any more that it would take. */
const fault = z.literal("damaged").optional();
export const history = z.strictObject({
  asOf: instant,
  items: z.array(
    z.strictObject({
      section: z.string(),
      at: instant,
      kind: z.enum(["first", "changed", "gone"]),
      fault,
      digest: digestSchema.nullable(),
      added: told,
      removed: told,
      changed: z.array(z.strictObject({ place, was: z.unknown(), is: z.unknown() })),
      more: z.int(),
      masked: z.array(z.string()).optional(),
    }),
  ),
  next: z.string().nullable(),
});
const section = z.strictObject({
  digest: digestSchema.nullable(),
  status: z.string(),
  since: instant,
  until: instant.nullable(),
  fault,
  document: z.unknown().optional(),
});
const masked = z.array(z.string()).optional();
const sectionThen = z.strictObject({
  asOf: instant,
  at: instant,
  section: z.string(),
  ...section.shape,
  masked,
});
const sectionsThen = z.strictObject({
  asOf: instant,
  at: instant,
  sections: z.record(z.string(), section),
  masked,
});

export function historyRoutes({ store, keys, config, now, lookups }: Services): readonly Route[] {
  const cursors = new Cursors(keys.identity, config["search.cursorHours"]);
  const access = { permission: "inventory.read" } as const;
  /** Sections of a device as they were, as the caller may read them. */
  const readAt = async (
    caller: CallingAccount,
    { id, at, section: name }: { id: string | undefined; at: number; section?: string | undefined },
  ) => {
    const scope = accountScope(caller);
    const found = await store.read(sectionsAt, scope, { id: demandId(id), at, section: name });
    if (!found) throw noDevice();
    lookups.record(caller, "record", [found.device]);
    return found.sections.map((each) => ({ name: each.name, ...sectionAtView(each, scope) }));
  };
  return [
    route({
      method: "GET",
      path: "/api/v1/devices/:id/history",
      access,
      query: historyQuery,
      answers: { 200: history },
      async handle({ params, query: { section: name, limit, cursor } }, caller) {
        const scope = accountScope(caller);
        const asOf = isoTime(now());
        const id = demandId(params.id);
        const question = { history: id, section: name ?? null, scope };
        const after = cursor === undefined ? null : cursors.read(cursor, question, position, now());
        const page = await store.read(sectionChanges, scope, { id, section: name, after, limit });
        if (!page) throw noDevice();
        lookups.record(caller, "record", [page.device]);
        const items = page.changes.map((change) => changeView(change, scope));
        const next = page.next && cursors.write(question, page.next, now());
        return { status: 200, body: { asOf, items, next } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/devices/:id/sections",
      access,
      query: atQuery,
      answers: { 200: sectionsThen },
      async handle({ params, query: { at } }, caller) {
        const asOf = isoTime(now());
        const sections = await readAt(caller, { id: params.id, at });
        const hidden = sections.flatMap((each) => each.masked);
        return {
          status: 200,
          body: {
            asOf,
            at: isoTime(at),
            sections: Object.fromEntries(sections.map(({ name, view }) => [name, view])),
            ...(hidden.length > 0 ? { masked: hidden } : {}),
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/devices/:id/sections/:name",
      access,
      query: atQuery,
      answers: { 200: sectionThen },
      async handle({ params, query: { at } }, caller) {
        const asOf = isoTime(now());
        const [found] = await readAt(caller, { id: params.id, at, section: params.name });
        if (!found)
          throw new RollcallError("not-found", {
            detail: "The device had no such section at that time, or what it was is not kept.",
          });
        const hidden = found.masked.length > 0 ? { masked: found.masked } : {};
        return {
          status: 200,
          body: { asOf, at: isoTime(at), section: found.name, ...found.view, ...hidden },
        };
      },
    }),
  ];
}

function demandId(text: string | undefined): string {
  const id = deviceIdSchema.safeParse(text);
  if (!id.success) throw noDevice();
  return id.data;
}

const noDevice = () => new RollcallError("not-found", { detail: "There is no device with this id." });
