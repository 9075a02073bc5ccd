/** The routes of a device with a session: check-in, consent, sections. */
import {
  checkInAnswer,
  checkInRequest,
  consentAnswer,
  consentRequest,
  limits,
  sectionsAnswer,
  sectionsRequest,
} from "@rollcall/protocol";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { quickCheckIns } from "./quick-rules.ts";
import { checkIn, takeConsent, takeSections } from "./rules.ts";

export function checkInRoutes(services: Services): readonly Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/check-ins",
      access: "device",
      body: { schema: checkInRequest, limit: services.config["check-ins.bodyBytes"] },
      answers: { 200: checkInAnswer },
      quick: quickCheckIns(services),
      handle: async ({ body, address }, caller) => ({
        status: 200,
        body: await checkIn(services, caller, body, address),
      }),
    }),
    route({
      method: "PUT",
      path: "/v1/consent",
      access: "device",
      body: { schema: consentRequest, limit: limits.consentBody, canonical: true },
      answers: { 200: consentAnswer },
      handle: async ({ body }, caller) => ({ status: 200, body: await takeConsent(services, caller, body) }),
    }),
    route({
      method: "PUT",
      path: "/v1/sections",
      access: "device",
      raw: {
        schema: sectionsRequest,
        limit: services.config["sections.bodyBytes"],
        encodings: ["zstd", "dcz"],
      },
      answers: { 200: sectionsAnswer },
      handle: async (incoming, caller) => ({
        status: 200,
        body: await takeSections(services, caller, incoming),
      }),
    }),
  ];
}
