/** What came of a check-in, for people. */
import type { CheckIn } from "../check-in/check-in.ts";

/** A check-in in one line. */
export function describe({ result, isSuccessor }: CheckIn): string {
  const { outcome, sent, refused, bytesSent, bytesReceived } = result;
  const wire = `${bytesSent} bytes out, ${bytesReceived} in`;
  const parts = [
    ...(isSuccessor ? ["goes on under a new key"] : []),
    outcome === "sent" ? `sent ${sent.join(", ") || "no section"}` : outcome,
    ...(refused.length > 0 ? [`refused ${refused.join(", ")}`] : []),
    ...(outcome === "not-due" ? [] : [wire]),
  ];
  return parts.join("; ");
}
