/** `GET /metrics`: for the program that watches the server. Off unless it is switched on, and never without an account. */
import { RollcallError } from "@rollcall/protocol";
import { type Route, route } from "../http/route.ts";
import type { Services } from "../services.ts";
import { levelsOf } from "./levels.ts";

export function metricRoutes(services: Services): readonly Route[] {
  const { metrics } = services;
  const levels = levelsOf(services);
  return [
    route({
      method: "GET",
      path: "/metrics",
      access: { permission: "metrics.read" },
      async handle() {
        if (metrics === null)
          throw new RollcallError("not-found", {
            detail: "Metrics are switched off; metrics.enabled in config.json switches them on.",
          });
        const text = await metrics.text(await levels());
        return { status: 200, text, headers: { "content-type": metrics.contentType } };
      },
    }),
  ];
}
