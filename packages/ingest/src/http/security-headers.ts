/** What answers tell browsers to keep away from, on pages and below /api. */
import type { NextFunction, Request, Response } from "express";
import helmet from "helmet";

/** Pages may do nothing but what a console will be given; answers of the API are no pages at all. */
const headers = helmet({
  contentSecurityPolicy: {
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    useDefaults: false,
  },
  // What else runs below the same name is not ours to decide on.
  strictTransportSecurity: { includeSubDomains: false },
});

/** Devices are sent none of them: their answers are read by no browser, and each byte counts. */
const isForDevices = (path: string) => path === "/v1" || path.startsWith("/v1/");

export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  if (isForDevices(request.path)) next();
  else headers(request, response, next);
}
