/** `rollcall-agent check-in`. One that is not due ends here, with hardly anything loaded. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, exitCodes } from "@rollcall/host";
import type { CheckIn } from "../check-in/check-in.ts";
import { clampInterval, type Instant, isDue, type Schedule } from "../schedule.ts";
import type { Context } from "./context.ts";

export async function checkInCommand(context: Context, ifDue: boolean): Promise<ExitCode> {
  const { output } = context;
  const intervalSeconds = ifDue ? notDue(context.stateDirectory, context.now()) : null;
  if (intervalSeconds !== null) {
    const nothing = { sent: [], refused: [], bytesSent: 0, bytesReceived: 0 };
    output.json({ outcome: "not-due", intervalSeconds, ...nothing });
    output.line("not due");
    return exitCodes.done;
  }
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

/** A check-in in one line. */
export function describe({ result }: CheckIn): string {
  const { outcome, sent, refused, bytesSent, bytesReceived } = result;
  const wire = `${bytesSent} bytes out, ${bytesReceived} in`;
  const parts = [
    outcome === "sent" ? `sent ${sent.join(", ") || "no section"}` : outcome,
    ...(refused.length > 0 ? [`refused ${refused.join(", ")}`] : []),
    ...(outcome === "not-due" ? [] : [wire]),
  ];
  return parts.join("; ");
}

/**
 * The interval when the schedule plainly says that nothing is due, else null: then the state is read, and
 * checked, with everything that this takes.
 */
function notDue(stateDirectory: string, now: Instant): number | null {
  try {
    if (!existsSync(join(stateDirectory, "installation.json"))) return null;
    // Only these members are looked at, and each of them is checked here.
    const schedule: Partial<Record<keyof Schedule, unknown>> = JSON.parse(
      readFileSync(join(stateDirectory, "schedule.json"), "utf8"),
    );
    const { intervalSeconds, plannedAt, nextAt } = schedule;
    if (typeof plannedAt !== "number" || typeof nextAt !== "number" || typeof intervalSeconds !== "number")
      return null;
    return isDue({ plannedAt, nextAt }, now) ? null : clampInterval(intervalSeconds);
  } catch {
    return null;
  }
}
