/**
 * The header that a request with the page's session cookie has to bring as well. A browser sends the cookie with
 * whatever any page makes it send, from another port of this machine too; the header only this server's own page
 * knows. API tokens need none: no page sends an Authorization header for somebody without asking first.
 */
import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { RollcallError } from "@rollcall/protocol";
import { sameHash } from "../identity/secrets.ts";

const csrfHeader = "rollcall-csrf";

/** The header's value, told to the page when its session begins. It does not lead back to the session. */
export function csrfOf(session: string): string {
  return mac(session).toString("base64url");
}

/** Throws unless the header is that of this session; asked at every request, one that reads too. */
export function demandCsrf(session: string, { [csrfHeader]: header }: IncomingHttpHeaders): void {
  if (!sameHash(Buffer.from(String(header), "base64url"), mac(session)))
    throw new RollcallError("csrf-missing");
}

const mac = (session: string): Buffer => createHmac("sha256", session).update("rollcall csrf").digest();
