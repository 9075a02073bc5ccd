/** Every route of the server: each domain's own list. */
import { accountRoutes } from "../accounts/routes.ts";
import { auditRoutes } from "../audit/routes.ts";
import { checkInRoutes } from "../check-ins/routes.ts";
import { copyRoutes } from "../copies/routes.ts";
import { enrolmentRoutes } from "../enrolment/routes.ts";
import { keyRoutes } from "../identity/key-routes.ts";
import { identityRoutes } from "../identity/routes.ts";
import { changesRoutes } from "../inventory/changes-routes.ts";
import { historyRoutes } from "../inventory/history-routes.ts";
import { inventoryRoutes } from "../inventory/routes.ts";
import { locationRoutes } from "../location/routes.ts";
import { metricRoutes } from "../metrics/routes.ts";
import { meRoutes } from "../privacy/me-routes.ts";
import { privacyRoutes } from "../privacy/routes.ts";
import { searchRoutes } from "../search/routes.ts";
import type { Services } from "../services.ts";
import { openapi } from "./openapi.ts";
import { type Route, route } from "./route.ts";

export function routes(services: Services): readonly Route[] {
  const all: Route[] = [
    ...identityRoutes(services),
    ...keyRoutes(services),
    ...enrolmentRoutes(services),
    ...checkInRoutes(services),
    ...meRoutes(services),
    ...inventoryRoutes(services),
    ...historyRoutes(services),
    ...changesRoutes(services),
    ...locationRoutes(services),
    ...copyRoutes(services),
    ...searchRoutes(services),
    ...accountRoutes(services),
    ...privacyRoutes(services),
    ...auditRoutes(services),
    ...metricRoutes(services),
  ];
  all.push(openapiRoute(all));
  return all;
}

/** What there is to call, itself included; made when somebody asks for it. */
function openapiRoute(all: readonly Route[]): Route {
  let made: Readonly<Record<string, unknown>> | undefined;
  return route({
    method: "GET",
    path: "/openapi.json",
    access: "anyone",
    async handle() {
      made ??= openapi(all);
      return { status: 200, body: made };
    },
  });
}
