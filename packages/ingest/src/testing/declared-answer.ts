/** Holds a real answer against what its route declares, and so against what `/openapi.json` promises. */
import { z } from "zod";
import type { Route } from "../http/route.ts";
import type { Reply, Request } from "./simulated-device.ts";

/** The route that takes a request; the first one that fits, as in the server. */
function routeOf(routes: readonly Route[], { method, path }: Request): Route | undefined {
  const [plain = ""] = path.split("?");
  return routes.find((route) => route.method === method && patternOf(route.path).test(plain));
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`);

/** Throws where a route answers with success in another form than it declares. */
export function demandDeclared(routes: readonly Route[], request: Request, { status, body }: Reply): void {
  const { answers } = routeOf(routes, request) ?? {};
  if (!answers || status >= 300) return;
  const result = answers[status]?.safeParse(body);
  if (result?.success) return;
  const why = result ? z.prettifyError(result.error) : `status ${status}`;
  throw new Error(`${request.method} ${request.path} answered otherwise than declared: ${why}`);
}
