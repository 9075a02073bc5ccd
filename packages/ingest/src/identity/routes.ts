/** Who the server is, for devices, and whether it is well, for whoever watches it. */
import { limits, nonceHeader, RollcallError, type ServerAnswer } from "@rollcall/protocol";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";

export function identityRoutes({ keys, config, policy, accepts, nonces, store }: Services): readonly Route[] {
  const answer: ServerAnswer = {
    server: keys.identity.publicKey,
    organisation: { name: config["organisation.name"], contact: config["organisation.contact"] },
    receiptKey: keys.announcement,
    policy,
    accepts: { ...accepts.sections },
    limits,
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
