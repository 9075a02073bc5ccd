/** What answers tell browsers to keep away from, on pages and below /api. */
import type { NextFunction, Request, Response } from "express";
import helmet from "helmet";

/** Pages may do nothing but what a console will be given; answers of the API are no pages at all. */
const usual = {
  contentSecurityPolicy: {
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    useDefaults: false,
  },
} as const;

const inTheClear = helmet({ ...usual, strictTransportSecurity: false });
// What else runs below the same name is not ours to decide on.
const overTls = helmet({ ...usual, strictTransportSecurity: { includeSubDomains: false } });

/** Devices are sent none of them: their answers are read by no browser, and each byte counts. */
const isForDevices = (path: string) => path === "/v1" || path.startsWith("/v1/");

export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  if (isForDevices(request.path)) next();
  else if (request.secure) overTls(request, response, next);
  else inTheClear(request, response, next);
}
