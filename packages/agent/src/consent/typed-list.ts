/** The LIST of `--grant`, `consent grant` and `consent withdraw`, with what was said of purposes and what was not. */
import { readGrantList, type Wish } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";

export interface TypedWish extends Wish {
  /** Whether the purposes were named, or are the usual ones. */
  readonly purposesNamed: boolean;
}

/** Reads a LIST. Throws `usage` with what is wrong in it. */
export function readTypedList(typed: string): readonly TypedWish[] {
  const wishes = readGrantList(typed);
  if ("error" in wishes) throw new AgentError("usage", wishes.error);
  const naming = new Set(
    typed
      .split(",")
      .filter((part) => part.includes(":"))
      .map((part) => part.trim().split(/[=:]/)[0]),
  );
  return wishes.map((wish) => ({ ...wish, purposesNamed: naming.has(wish.category) }));
}
