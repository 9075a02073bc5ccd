/** What a check-in's counter and nonce say about who sends: the next one, a repeat, or something that is not ours to guess. */
import { limits } from "@rollcall/protocol";
import { markText, nonceMark } from "../store/quick-check-in.ts";

export interface KnownCounter {
  readonly counter: number;
  /** As a device sends it, or `markText` of it. */
  readonly nonce: string | null;
  /** When it came; null before the first. */
  readonly at: number | null;
}

const isNonce = (known: string | null, sent: string): boolean =>
  known === sent || known === markText(nonceMark(sent));

/** Within this time a lower counter is a request that was overtaken on its way; milliseconds. */
const late = 60_000;

/**
 * `next`: a higher counter, by more than one where check-ins were lost. `repeat`: the latest one again. `late`: a lower
 * one that was overtaken. `copy`: the latest counter with another nonce, or a lower one long after: a copied or restored
 * state. `jump`: a step further than an agent goes.
 */
export type CounterJudgement = "next" | "repeat" | "late" | "copy" | "jump";

export function judgeCounter(
  known: KnownCounter,
  sent: { readonly counter: number; readonly nonce: string; readonly at: number },
  mostJump: number = limits.counterJump,
): CounterJudgement {
  if (sent.counter === known.counter && isNonce(known.nonce, sent.nonce)) return "repeat";
  if (sent.counter === known.counter) return "copy";
  // A server's clock that was set back makes nobody late for longer than this.
  if (sent.counter < known.counter) return Math.abs(sent.at - (known.at ?? 0)) <= late ? "late" : "copy";
  return sent.counter - known.counter > mostJump ? "jump" : "next";
}
