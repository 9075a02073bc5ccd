/** `/v1/me…`: what the person at a device asks. Each request proves for itself that it comes from there. */
import {
  correctionAnswer,
  correctionRequest,
  deletionAnswer,
  deletionRequest,
  limits,
  RollcallError,
  receiptsAnswer,
} from "@rollcall/protocol";
import { z } from "zod";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { deleteOwn } from "./me-deletion.ts";
import { ownExport } from "./me-export.ts";
import { correct, ownReceipts, ownView } from "./me-rules.ts";
import { lookupsOf } from "./rules.ts";

const access = "me";
const smallBody = 16_384;
const nothing = z.strictObject({});

export function meRoutes(services: Services): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/me",
      access,
      query: nothing,
      handle: async (_incoming, caller) => ({ status: 200, body: await ownView(services, caller) }),
    }),
    route({
      method: "GET",
      path: "/v1/me/receipts",
      access,
      answers: { 200: receiptsAnswer },
      query: nothing,
      handle: async (_incoming, caller) => ({ status: 200, body: await ownReceipts(services, caller) }),
    }),
    route({
      method: "GET",
      path: "/v1/me/lookups",
      access,
      query: nothing,
      async handle(_incoming, { ordinal }) {
        return { status: 200, body: { items: await lookupsOf(services, ordinal) } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/me/correct",
      access,
      answers: { 200: correctionAnswer },
      query: nothing,
      body: { schema: correctionRequest, limit: limits.correctionBody },
      handle: async ({ body }, caller) => ({ status: 200, body: await correct(services, caller, body) }),
    }),
    route({
      method: "GET",
      path: "/v1/me/export",
      access,
      query: nothing,
      handle: async (_incoming, caller) => ({ status: 200, parts: await ownExport(services, caller) }),
    }),
    route({
      method: "POST",
      path: "/v1/me/delete",
      access,
      answers: { 200: deletionAnswer, 202: deletionAnswer },
      query: nothing,
      body: { schema: deletionRequest, limit: smallBody },
      async handle(_incoming, caller) {
        const answer = await deleteOwn(services, caller);
        return { status: answer.request ? 202 : 200, body: answer };
      },
    }),
    ...["restrict", "complain"].map((verb) =>
      route({
        method: "POST",
        path: `/v1/me/${verb}`,
        access,
        query: nothing,
        body: { schema: z.unknown(), limit: smallBody },
        handle: () =>
          Promise.reject(new RollcallError("not-yet", { detail: `This server does not take ${verb} yet.` })),
      }),
    ),
  ];
}
