/** What shadow(5) tells of a password without telling the password: the field itself goes no further than here. */
import { present } from "../collecting/collector.ts";

export type PasswordState = "set" | "locked" | "empty";

export interface PasswordFacts {
  readonly password?: PasswordState;
  /** The day, at its beginning. */
  readonly passwordChangedAt?: string;
  readonly expiresAt?: string;
}

/** By the account's name. */
export function parseShadow(text: string): ReadonlyMap<string, PasswordFacts> {
  const facts = new Map<string, PasswordFacts>();
  for (const line of text.split("\n")) {
    const [name = "", field, changed, , , , , expires] = line.split(":");
    if (name === "" || field === undefined || facts.has(name)) continue;
    const password = passwordState(field);
    // It says of an account that never had one when the account was made.
    const passwordChangedAt = password === "locked" ? undefined : dayOf(changed);
    facts.set(name, present({ password, passwordChangedAt, expiresAt: dayOf(expires) }));
  }
  return facts;
}

/** By `!` and `*` no password that somebody types can match. */
export function passwordState(field: string): PasswordState {
  if (field === "") return "empty";
  return field.startsWith("!") || field.startsWith("*") ? "locked" : "set";
}

/** Days since 1970; 0 has a meaning of its own, and some write 99999 for never. */
function dayOf(days: string | undefined): string | undefined {
  const number = /^\d{1,5}$/.test(days ?? "") ? Number(days) : 0;
  return number > 0 && number < 99_999 ? new Date(number * 86_400_000).toISOString() : undefined;
}
