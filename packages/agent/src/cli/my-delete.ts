/**
 * `rollcall-agent my delete`: says what it does, asks, and does it. A personal device is deleted everywhere; of an
 * organisation's device what is personal goes, and the rest is asked for.
 */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { categoryNames, type DeletionAnswer, type Giver } from "@rollcall/protocol";
import { AgentError } from "../agent-error.ts";
import { withAnnounced } from "../check-in/announced.ts";
import { changeConsent } from "../consent/apply.ts";
import { withdraw } from "../consent/change.ts";
import { giverOf } from "../consent/giver.ts";
import { applyLeftWithdrawals } from "../consent/left-withdrawals.ts";
import { checkDeletionReceipt } from "../enrolment/leave.ts";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation, type EnrolledState, readEnrolledState } from "../state/enrolled-state.ts";
import type { Installation } from "../state/files.ts";
import { withLock } from "../state/lock.ts";
import type { OwnApi } from "../transport/own-api.ts";
import type { Context } from "./context.ts";
import { askOwn } from "./own-server.ts";
import { recorded } from "./recorded.ts";
import { leaveServer, tellLeft } from "./unenrol.ts";

export async function deleteCommand(context: Context, yes: boolean): Promise<ExitCode> {
  const installation = demandInstallation(new StateDirectory(context.stateDirectory));
  await demandYes(context, yes, whatItDoes(installation));
  if (installation.ownership === "personal") tellLeft(context, await leaveServer(context, "my delete"));
  else tellRequest(context, await askForDeletion(context));
  return exitCodes.done;
}

function whatItDoes({ ownership, url, organisation }: Installation): readonly string[] {
  if (ownership === "personal")
    return [
      `Everything that the server at ${url} stores of this device is deleted, for good.`,
      "This device forgets its key and is not enrolled any more; receipts are kept.",
    ];
  const who = organisation.name === "" ? "the organisation" : organisation.name;
  return [
    "This is the organisation's device. What you consented to is withdrawn, and what is personal is deleted at once.",
    `Whether the device's own record is deleted, ${who} decides: that becomes a request.`,
  ];
}

async function demandYes(context: Context, yes: boolean, what: readonly string[]): Promise<void> {
  const { output } = context;
  for (const line of what) output.note(line);
  if (yes) return;
  if (!context.interactive)
    throw new AgentError("usage", "my delete asks first, and nobody is here to answer; say --yes");
  output.note("Type yes to go on:");
  if ((await context.readLine()).trim().toLowerCase() !== "yes")
    throw new AgentError("failed", "nothing was deleted");
}

/** Withdraws here whatever stands on consent, and asks the server; what is withdrawn stays so, whatever comes of that. */
function askForDeletion(context: Context): Promise<DeletionAnswer> {
  const directory = new StateDirectory(context.stateDirectory);
  const { now, random } = context;
  return recorded(
    context,
    "my delete",
    () =>
      withLock(directory, async () => {
        const state = readEnrolledState(directory, { now: now(), random });
        applyLeftWithdrawals(directory, state);
        withdrawAll(state, giverOf(context, state.installation.value.policy));
        const answer = await askOwn(context, (api) => deletePersonal(state, api));
        const { deletions, ...receipts } = state.receipts.value;
        state.receipts.replace({ ...receipts, deletions: [...deletions, answer.receipt].slice(-mostKept) });
        return answer;
      }),
    ({ request }) => `what is personal was deleted; request ${request?.number ?? "-"} to the organisation`,
  );
}

const mostKept = 20;

async function deletePersonal({ installation }: EnrolledState, api: OwnApi): Promise<DeletionAnswer> {
  const answer = await api.delete();
  installation.replace(withAnnounced(installation.value, api.announced));
  checkDeletionReceipt(answer.receipt, installation.value, "personal");
  return answer;
}

function withdrawAll(state: EnrolledState, giver: Giver): void {
  const { ownership } = state.installation.value;
  const everything = categoryNames.map((category) => ({ category, purposes: [], purposesNamed: false }));
  const { grants, changed } = withdraw(state.consent.value.grants, everything, ownership);
  if (changed.length > 0) changeConsent(state, grants, giver);
}

function tellRequest({ output }: Context, { receipt, request }: DeletionAnswer): void {
  output.json({ deletion: receipt, request: request ?? null });
  output.line(`What is personal was deleted at ${receipt.at}: ${(receipt.categories ?? []).join(", ")}.`);
  if (request) output.line(`The deletion of the rest is request ${request.number} to the organisation.`);
}
