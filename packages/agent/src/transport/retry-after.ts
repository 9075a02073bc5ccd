/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which is compared with the server's own `Date`. */

/** How many seconds the server asks to wait; null when it does not, or in a form that says nothing. */
export function retryAfterSeconds(retryAfter: string | null, date: string | null): number | null {
  if (retryAfter === null) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const [until, from] = [Date.parse(retryAfter), Date.parse(date ?? "")];
  return Number.isFinite(until - from) ? Math.max(0, Math.ceil((until - from) / 1_000)) : null;
}
