/** Who the server is, for devices, and whether it is well, for whoever watches it. */
import { limits, nonceHeader, RollcallError, type ServerAnswer, serverAnswer } from "@rollcall/protocol";
import { z } from "zod";
import type { Config } from "../config.ts";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";

/** The wire's limits as this host has set them. */
const limitsOf = (config: Config) => ({
  ...limits,
  checkInBody: config["check-ins.bodyBytes"],
  counterJump: config["check-ins.counterJump"],
  sectionsBody: config["sections.bodyBytes"],
  sectionsDecoded: config["sections.decodedBytes"],
  sectionDecoded: config["sections.documentBytes"],
  query: config["search.queryBytes"],
  page: config["search.page"],
  largestPage: config["search.largestPage"],
});

function aboutServer({ keys, config, policy, accepts, publicAddress }: Services): ServerAnswer {
  const others = keys.others();
  return {
    server: keys.identity.publicKey,
    organisation: { name: config["organisation.name"], contact: config["organisation.contact"] },
    receiptKey: keys.announcement,
    ...(keys.ca && publicAddress.ca() !== null ? { ca: keys.ca } : {}),
    ...(others.length > 0 ? { announcements: [...others] } : {}),
    policy,
    accepts: { ...accepts.sections },
    limits: limitsOf(config),
  };
}

export function identityRoutes(services: Services): readonly Route[] {
  const { nonces, store } = services;
  return [
    route({
      method: "GET",
      path: "/v1/server",
      access: "anyone",
      answers: { 200: serverAnswer },
      handle: async () => ({
        status: 200,
        body: aboutServer(services),
        headers: { [nonceHeader]: nonces.give() },
      }),
    }),
    route({
      method: "GET",
      path: "/healthz",
      access: "anyone",
      answers: { 200: z.strictObject({ status: z.literal("ok") }) },
      handle: async () => ({ status: 200, body: { status: "ok" } }),
    }),
    route({
      method: "GET",
      path: "/readyz",
      access: "anyone",
      answers: { 200: z.strictObject({ status: z.literal("ready") }) },
      async handle() {
        await store.ready().catch((cause: unknown) => {
          throw new RollcallError("not-ready", { cause });
        });
        return { status: 200, body: { status: "ready" } };
      },
    }),
    route({
      method: "GET",
      path: "/",
      access: "anyone",
      handle: async () => ({
        status: 200,
        text: "This is a Rollcall server. Its inventory is read with `npx rollcall devices`; the API is below /api/v1.\n",
      }),
    }),
  ];
}
