/** How a command fails when the person can do something about it. */
import { type ExitCode, exitCodes } from "@rollcall/host";

/** A failure that the person can act on, with the exit code it ends in. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

export const wrongUsage = (message: string) => new CommandFailure(message, exitCodes.usage);

/** A command or an option of the contract that is not there yet. */
export const notYet = (what: string) => new CommandFailure(`${what}: not yet`);
