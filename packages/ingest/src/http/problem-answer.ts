/** Errors as `application/problem+json` (RFC 9457). What is not a `RollcallError` tells the outside nothing. */
import { problems, RollcallError } from "@rollcall/protocol";
import type { Answer } from "./route.ts";

/** Body-parser-free Express throws these for addresses that cannot be decoded. */
function known(error: unknown): RollcallError {
  if (error instanceof RollcallError) return error;
  if (error instanceof URIError)
    return new RollcallError("invalid-request", { detail: "The address cannot be decoded." });
  return new RollcallError("internal", { cause: error });
}

/** The answer to an error. `giveNonce` makes the nonce that every 401 to a device carries. */
export function problemAnswer(error: unknown, requestId: string, giveNonce: () => string): Answer {
  const { code, status, facts } = known(error);
  const { title } = problems[code];
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === 401) headers["rollcall-nonce"] = giveNonce();
  if (facts.retryAfterSeconds !== undefined) headers["retry-after"] = String(facts.retryAfterSeconds);
  if (facts.allow !== undefined) headers.allow = facts.allow.join(", ");
  const { detail, errors, extra } = facts;
  return {
    status,
    headers,
    body: {
      type: `urn:rollcall:problem:${code}`,
      title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      instance: `urn:rollcall:request:${requestId}`,
      ...(errors === undefined ? {} : { errors }),
      ...extra,
    },
  };
}

/** Whether the log has to know of an error, because it is the server's own fault: a bug, or a thread that died. */
export function isFault(error: unknown): boolean {
  const { code, facts } = known(error);
  return code === "internal" || code === "not-ready" || (code === "busy" && facts.cause !== undefined);
}
