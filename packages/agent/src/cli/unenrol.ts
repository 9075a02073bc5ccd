/** `rollcall-agent unenrol`: this device stops reporting. A personal one is deleted on the server first. */
import { join } from "node:path";
import { type ExitCode, exitCodes } from "@rollcall/host";
import { AgentError, ServerProblem } from "../agent-error.ts";
import { type Left, leave } from "../enrolment/leave.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import type { Installation } from "../state/files.ts";
import { withLock } from "../state/lock.ts";
import type { Context } from "./context.ts";
import { askOwn } from "./own-server.ts";
import { recorded } from "./recorded.ts";
import { tellNoMore } from "./tell-people.ts";

export async function unenrolCommand(context: Context): Promise<ExitCode> {
  const directory = new StateDirectory(context.stateDirectory);
  const installation = demandInstallation(directory);
  if (installation.ownership === "organisation" && !(await isDeleted(context)))
    throw needsTheOrganisation(installation);
  const left = await leaveServer(context, "unenrol");
  tellLeft(context, left);
  return exitCodes.done;
}

/** Whether the server says that it has deleted this device: then there is nothing left to report for. */
async function isDeleted(context: Context): Promise<boolean> {
  try {
    await askOwn(context, (api) => api.receipts());
    return false;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return error instanceof ServerProblem && error.is("device-deleted");
  }
}

/** Ends the enrolment: everything is deleted on the server, then here. */
export async function leaveServer(context: Context, did: string): Promise<Left> {
  const directory = new StateDirectory(context.stateDirectory);
  const left = await recorded(
    context,
    did,
    () =>
      withLock(directory, () =>
        leave(directory, demandInstallation(directory), (ask) => askOwn(context, ask)),
      ),
    ({ receiptsFile }) => `deleted on the server and here; its receipt is in ${receiptsFile}`,
  );
  tellNoMore(context);
  return left;
}

export function tellLeft({ output, stateDirectory }: Context, { deletion, receiptsFile }: Left): void {
  const file = join(stateDirectory, receiptsFile);
  output.json({ deletion, receipts: file });
  output.line(`The server deleted everything of this device at ${deletion.at} and signed for it.`);
  output.line("Its key and everything else that was kept here is gone, too: it is not enrolled any more.");
  output.line(`The receipts are in ${file}; \`rollcall-agent my receipts\` verifies them.`);
}

function needsTheOrganisation({ organisation }: Installation): AgentError {
  const whom = organisation.contact === "" ? "the organisation" : organisation.contact;
  return new AgentError(
    "basis",
    `this is the organisation's device, which reports on the organisation's basis and not on consent: it needs the organisation's word to stop; ask ${whom}, or let \`rollcall-agent my delete\` ask for you`,
  );
}
