/**
 * The end of an enrolment: the server deletes what it has and signs for that; only then this device forgets its key and
 * everything else, but for the receipts. Interrupted anywhere, the same again goes on from there.
 */
import { type DeletionAnswer, deletionAnswer, isReceiptOf } from "@rollcall/protocol";
import { AgentError, ServerProblem } from "../agent-error.ts";
import { removeLeftWithdrawals } from "../consent/left-withdrawals.ts";
import { deviceKeyFile } from "../state/device-key.ts";
import type { StateDirectory } from "../state/directory.ts";
import {
  acknowledgedFile,
  consentFile,
  counterFile,
  type Installation,
  installationFile,
  type Receipts,
  receiptsFile,
  scheduleFile,
  sessionFile,
  usageFile,
} from "../state/files.ts";
import { keepReceipts, receiptsKeptOf } from "../state/kept-receipts.ts";
import { lookingMark } from "../state/looking-mark.ts";

export interface Left {
  /** Of the file with the receipts, in the state directory. */
  readonly receiptsFile: string;
  readonly deletion: DeletionAnswer["receipt"];
}

/** Leaves the server; the caller holds the lock. `deleteOwn` asks the server for the deletion of everything. */
export async function leave(
  directory: StateDirectory,
  installation: Installation,
  deleteOwn: () => Promise<DeletionAnswer>,
): Promise<Left> {
  const kept = receiptsKeptOf(directory, installation.installation);
  const deletion = kept?.deletions.at(-1) ?? (await deleted(installation, deleteOwn));
  const receipts = receiptsOf(directory);
  const name = keepReceipts(
    directory,
    installation,
    kept ?? { ...receipts, deletions: [...receipts.deletions, deletion] },
  );
  forget(directory);
  return { receiptsFile: name, deletion };
}

async function deleted(
  installation: Installation,
  deleteOwn: () => Promise<DeletionAnswer>,
): Promise<DeletionAnswer["receipt"]> {
  const receipt = await deleteOwn().then((answer) => answer.receipt, receiptIn);
  checkDeletionReceipt(receipt, installation, "everything");
  return receipt;
}

/** The receipt that comes with the answer that everything was deleted before; any other error is thrown on. */
function receiptIn(error: unknown): DeletionAnswer["receipt"] {
  if (!(error instanceof ServerProblem && error.is("device-deleted"))) throw error;
  const answer = deletionAnswer.safeParse(error.facts.body);
  if (answer.success) return answer.data.receipt;
  throw error;
}

/** Throws `receipt-invalid` unless the server signed for the deletion of this installation's data. */
export function checkDeletionReceipt(
  receipt: DeletionAnswer["receipt"],
  { server, installation, receiptKey }: Pick<Installation, "server" | "installation" | "receiptKey">,
  scope: DeletionAnswer["receipt"]["scope"],
): void {
  const holds =
    isReceiptOf(receiptKey, receipt) &&
    receipt.server === server &&
    receipt.installation === installation &&
    receipt.scope === scope;
  if (!holds)
    throw new AgentError("receipt-invalid", "the server's receipt for the deletion is not what it has to be");
}

/** Those of the present enrolment. */
export const receiptsOf = (directory: StateDirectory): Receipts =>
  directory.read(receiptsFile) ?? { sections: [], consent: [], deletions: [] };

/** What an enrolled device has; the key first, and last what makes it enrolled. */
const ofEnrolment = [
  deviceKeyFile,
  sessionFile,
  acknowledgedFile,
  consentFile,
  counterFile,
  scheduleFile,
  usageFile,
  receiptsFile,
  installationFile,
];

function forget(directory: StateDirectory): void {
  lookingMark(directory).remove();
  removeLeftWithdrawals(directory);
  for (const file of ofEnrolment) directory.remove(file);
}
