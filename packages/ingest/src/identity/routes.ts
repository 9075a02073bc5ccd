/** Who the server is, for devices, and whether it is well, for whoever watches it. */
import { limits, nonceHeader, RollcallError, type ServerAnswer } from "@rollcall/protocol";
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

export function identityRoutes({ keys, config, policy, accepts, nonces, store }: Services): readonly Route[] {
  const answer: ServerAnswer = {
    server: keys.identity.publicKey,
    organisation: { name: config["organisation.name"], contact: config["organisation.contact"] },
    receiptKey: keys.announcement,
    policy,
    accepts: { ...accepts.sections },
    limits: limitsOf(config),
  };
  return [
    route({
      method: "GET",
      path: "/v1/server",
      access: "anyone",
      handle: async () => ({ status: 200, body: answer, headers: { [nonceHeader]: nonces.give() } }),
    }),
    route({
      method: "GET",
      path: "/healthz",
      access: "anyone",
      handle: async () => ({ status: 200, body: { status: "ok" } }),
    }),
    route({
      method: "GET",
      path: "/readyz",
      access: "anyone",
      async handle() {
        if (!(await store.ready())) throw new RollcallError("busy");
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
