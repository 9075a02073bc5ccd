/** `rollcall-agent check-in`. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import type { CheckIn } from "../check-in/check-in.ts";
import { describe } from "./check-in-words.ts";
import type { Context } from "./context.ts";
import { intervalUnlessDue, tellNotDue } from "./not-due.ts";

export async function checkInCommand(context: Context, ifDue: boolean): Promise<ExitCode> {
  const { output } = context;
  const intervalSeconds = ifDue ? intervalUnlessDue(context.stateDirectory, context.now()) : null;
  if (intervalSeconds !== null) return tellNotDue(output, intervalSeconds);
  const { callRoll } = await import("./call-roll.ts");
  const done = await callRoll(context, { ifDue });
  output.json(done.result);
  output.line(describe(done));
  return endOf(context, done);
}

function endOf({ tellError }: Context, { result, reason }: CheckIn): ExitCode {
  if (result.outcome === "deferred") {
    tellError(`${reason ?? "deferred"}; everything is kept for the next time`);
    return exitCodes.notReached;
  }
  if (result.refused.length === 0) return exitCodes.done;
  tellError(`the server refused ${result.refused.join(", ")}`);
  return result.sent.length > 0 ? exitCodes.done : exitCodes.refused;
}
