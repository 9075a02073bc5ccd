/**
 * Every error that a caller can act on, in one table: code → HTTP status and title. Anything that is not a
 * `RollcallError` is a bug and tells the outside nothing.
 */
import { z } from "zod";

export const problems = {
  "invalid-request": { status: 400, title: "The request is not of the form this address takes." },
  "invalid-json": { status: 400, title: "The body is not JSON in UTF-8." },
  "too-deep": { status: 400, title: "The body nests deeper than allowed." },
  "not-canonical": { status: 400, title: "The body is not in canonical form (RFC 8785)." },
  "invalid-encoding": { status: 400, title: "The body cannot be decoded." },
  "digest-mismatch": { status: 400, title: "The body does not have the digest that its header names." },
  "counter-jump": { status: 400, title: "The check-in counter jumped further than any agent does." },
  "counter-late": { status: 400, title: "A later check-in of this installation was here a moment ago." },
  "query-invalid": { status: 400, title: "The query cannot be understood." },
  "cursor-invalid": { status: 400, title: "The cursor is not one that this query gave." },
  "proof-invalid": { status: 401, title: "The proof does not show that the sender holds the key." },
  "nonce-invalid": {
    status: 401,
    title: "The nonce is used up, too old or from another server; a new one is in Rollcall-Nonce.",
  },
  "session-invalid": { status: 401, title: "The session is unknown, over or revoked." },
  "not-signed-in": { status: 401, title: "The request carries no valid API token." },
  "tls-required": { status: 403, title: "The request reached the proxy in front of the server without TLS." },
  "token-unknown": { status: 403, title: "This server does not know the enrolment token." },
  "token-expired": { status: 403, title: "The enrolment token has expired." },
  "token-used-up": { status: 403, title: "The enrolment token was used as often as it allows." },
  "token-revoked": { status: 403, title: "The enrolment token was revoked." },
  "application-unknown": { status: 403, title: "The server knows none of the application numbers." },
  "not-permitted": { status: 403, title: "The caller's role does not permit this." },
  "cross-site": { status: 403, title: "The request comes from a page of another site." },
  "csrf-missing": { status: 403, title: "The request lacks the header that goes with its session." },
  "not-found": { status: 404, title: "There is nothing here." },
  "method-not-allowed": {
    status: 405,
    title: "This address does not take the method; Allow has those it takes.",
  },
  "request-timeout": { status: 408, title: "The body did not arrive in time." },
  "consent-changed": { status: 409, title: "The consent number is not the next one." },
  "base-changed": {
    status: 409,
    title: "State, counter or consent that this change starts from is not the stored one.",
  },
  "dictionary-unknown": {
    status: 409,
    title: "The dictionary is none of what this installation was last acknowledged.",
  },
  "not-merged": { status: 409, title: "No merge of this device can be undone." },
  "not-settled": { status: 409, title: "One of these devices is a successor, and whose is not settled yet." },
  "identity-in-doubt": { status: 409, title: "Another installation seems to use the same identity." },
  "device-retired": {
    status: 403,
    title:
      "The organisation has retired this device: it does not check in any more until an operator takes that back.",
  },
  "device-deleted": {
    status: 410,
    title:
      "This device was deleted on the server, with everything that was kept of it; to report again it has to enrol anew.",
  },
  "key-announced": { status: 409, title: "A new key is announced already; it comes into use later." },
  "loopback-only": {
    status: 409,
    title: "Other machines cannot reach this server: it has no public URL, or one on loopback.",
  },
  "too-large": { status: 413, title: "The body is larger than allowed." },
  "unsupported-encoding": { status: 415, title: "The content encoding is not one that this address takes." },
  "host-unknown": { status: 421, title: "The request names a host that is not this server." },
  "token-rate": { status: 429, title: "The token's enrolments of this hour are used up." },
  "too-often": {
    status: 429,
    title: "This was asked for too often; Retry-After tells when it may be asked for again.",
  },
  "too-many-successors": {
    status: 429,
    title: "The installation in doubt has as many successors as it may have for now.",
  },
  "check-in-running": { status: 429, title: "Another request of this installation is still running." },
  "headers-too-large": { status: 431, title: "The request's head is larger than allowed." },
  internal: { status: 500, title: "The server failed; its log has the reason under the request id." },
  "not-yet": { status: 501, title: "This is not there yet." },
  "not-ready": { status: 503, title: "The server's database does not answer." },
  stopping: { status: 503, title: "The server is stopping." },
  busy: { status: 503, title: "The server has no room for this now." },
  "query-too-slow": { status: 503, title: "The question takes longer than a question may." },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

/** A bad place in what was sent: an RFC 6901 pointer and what is wrong there. */
export interface ProblemAt {
  readonly pointer: string;
  readonly detail: string;
}

interface ProblemFacts {
  /** What happened this time, for the person who reads it. Never holds a secret or a document's content. */
  readonly detail?: string;
  readonly errors?: readonly ProblemAt[];
  /** Members that this code adds to the answer, such as the stored consent. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** Methods that the address takes. */
  readonly allow?: readonly string[];
  readonly cause?: unknown;
}

/** The one error that callers act on. */
export class RollcallError extends Error {
  readonly code: ProblemCode;
  readonly facts: ProblemFacts;

  constructor(code: ProblemCode, facts: ProblemFacts = {}) {
    super(
      facts.detail ?? problems[code].title,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.name = "RollcallError";
    this.code = code;
    this.facts = facts;
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** The body of an `application/problem+json` answer (RFC 9457), as a client reads it. */
export const problemBody = z.object({
  status: z.int(),
  code: z.string().max(64),
  title: z.string().max(512),
  detail: z.string().max(8_192).optional(),
  errors: z
    .array(z.object({ pointer: z.string().max(4_096), detail: z.string().max(4_096) }))
    .max(1_000)
    .optional(),
});
export type ProblemBody = z.infer<typeof problemBody>;

/** At most this many wrong places are told; the first ones are what a person mends. */
const mostPlacesTold = 20;

/** Characters of a pointer; only one with a member name from outside is longer. */
const longestPointer = 1_000;

/** RFC 6901; where it would be too long, that of the last object on the way. */
function pointerOf(path: readonly PropertyKey[]): string {
  let pointer = "";
  for (const part of path) {
    const further = `${pointer}/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (further.length > longestPointer) break;
    pointer = further;
  }
  return pointer;
}

/** What a schema found wrong, as pointers; values are not repeated. */
export function placesOf(error: z.ZodError): ProblemAt[] {
  return error.issues
    .slice(0, mostPlacesTold)
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys
            .slice(0, mostPlacesTold)
            .map((key) => ({ pointer: pointerOf([...issue.path, key]), detail: "unknown member" }))
        : [{ pointer: pointerOf(issue.path), detail: issue.message.slice(0, 500) }],
    )
    .slice(0, mostPlacesTold);
}

/** Parses an outside value or throws `invalid-request` with the places. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, code: ProblemCode = "invalid-request"): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new RollcallError(code, { errors: placesOf(result.error) });
}
