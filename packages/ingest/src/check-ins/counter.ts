/** What a check-in's counter and nonce say about who sends: the next one, a repeat, or something that is not ours to guess. */
import { limits } from "@rollcall/protocol";

export interface KnownCounter {
  readonly counter: number;
  readonly nonce: string | null;
}

/**
 * `next`: any higher counter, since check-ins can be lost. `repeat`: the latest one again. `other`: the latest
 * counter with another nonce, or a lower one: a copied or restored state. `jump`: further than any agent goes.
 */
export type CounterJudgement = "next" | "repeat" | "other" | "jump";

export function judgeCounter(
  known: KnownCounter,
  sent: { readonly counter: number; readonly nonce: string },
  mostJump: number = limits.counterJump,
): CounterJudgement {
  if (sent.counter === known.counter && sent.nonce === known.nonce) return "repeat";
  if (sent.counter <= known.counter) return "other";
  return sent.counter - known.counter > mostJump ? "jump" : "next";
}
