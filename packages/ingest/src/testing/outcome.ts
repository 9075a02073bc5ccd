/** An answer in the few words that a test compares. */
import { problemBody, problems } from "@rollcall/protocol";
import type { Reply } from "./simulated-device.ts";

/**
 * `200`, or status and code as in `409 base-changed`. Throws unless what is refused is refused in the one form:
 * a problem of the table, with the table's status and title, its own request's id, and a nonce when it is a 401.
 */
export function outcomeOf({ status, headers, body }: Reply): string {
  if (status < 400) return String(status);
  const { code, title, ...problem } = problemBody.loose().parse(body);
  const known = Object.entries(problems).find(([name]) => name === code)?.[1];
  const wrong = [
    ...(known?.status === status && problem.status === status ? [] : ["status"]),
    ...(known?.title === title ? [] : ["title"]),
    ...(problem.type === `urn:rollcall:problem:${code}` ? [] : ["type"]),
    ...(problem.instance === `urn:rollcall:request:${headers["x-request-id"]}` ? [] : ["instance"]),
    ...(headers["content-type"] === "application/problem+json" ? [] : ["content-type"]),
    ...((headers["rollcall-nonce"] !== undefined) === (status === 401) ? [] : ["rollcall-nonce"]),
  ];
  if (wrong.length > 0) throw new Error(`${status} ${code} with a wrong ${wrong.join(", ")}`);
  return `${status} ${code}`;
}
