/**
 * The end of an enrolment: the server deletes what it has and signs for that; only then this device forgets its key and
 * everything else, but for the receipts. Interrupted anywhere, the same again goes on from there.
 */
import { type DeletionReceipt, deletionAnswer } from "@rollcall/protocol";
import { AgentError, ServerProblem } from "../agent-error.ts";
import { withAnnounced } from "../check-in/announced.ts";
import { isSignedByKnown } from "../check-in/receipt.ts";
import { agreedFile } from "../consent/agreed.ts";
import { historyFile } from "../consent/history.ts";
import { removeLeftWithdrawals } from "../consent/left-withdrawals.ts";
import { deviceKeyFile } from "../state/device-key.ts";
import type { StateDirectory } from "../state/directory.ts";
import {
  acknowledgedFile,
  cellMemoryFile,
  consentFile,
  counterFile,
  failuresFile,
  formerlyAcknowledgedFile,
  type Installation,
  installationFile,
  locationSettingsFile,
  type Receipts,
  receiptsFile,
  scheduleFile,
  sessionFile,
  usageFile,
} from "../state/files.ts";
import { keepReceipts, receiptsKeptOf } from "../state/kept-receipts.ts";
import { lookingMark } from "../state/looking-mark.ts";
import { successionFile } from "../state/succession.ts";
import type { OwnApi } from "../transport/own-api.ts";

export interface Left {
  /** Of the file with the receipts, in the state directory. */
  readonly receiptsFile: string;
  readonly deletion: DeletionReceipt;
}

/** How the server is asked. */
export type AskServer = <T>(ask: (api: OwnApi) => Promise<T>) => Promise<T>;

/** Leaves the server; the caller holds the lock. */
export async function leave(
  directory: StateDirectory,
  installation: Installation,
  askServer: AskServer,
): Promise<Left> {
  const kept = receiptsKeptOf(directory, installation.installation);
  const deletion = kept?.deletions.at(-1);
  if (kept && deletion) {
    forget(directory);
    return { receiptsFile: kept.file, deletion };
  }
  const { receipt, signer } = await askServer((api) => deleted(api, installation));
  const { deletions, ...others } = receiptsOf(directory);
  const file = keepReceipts(directory, signer, { ...others, deletions: [...deletions, receipt] });
  forget(directory);
  return { receiptsFile: file, deletion: receipt };
}

interface Deleted {
  readonly receipt: DeletionReceipt;
  /** The installation with the keys that the server vouches for now. */
  readonly signer: Installation;
}

async function deleted(api: OwnApi, installation: Installation): Promise<Deleted> {
  const receipt = await api.delete().then((answer) => answer.receipt, receiptIn);
  const signer = withAnnounced(installation, api.announced);
  checkDeletionReceipt(receipt, signer, "everything");
  return { receipt, signer };
}

/** The receipt that comes with the answer that everything was deleted before; any other error is thrown on. */
function receiptIn(error: unknown): DeletionReceipt {
  if (!(error instanceof ServerProblem && error.is("device-deleted"))) throw error;
  const answer = deletionAnswer.safeParse(error.facts.body);
  if (answer.success) return answer.data.receipt;
  throw error;
}

/** Throws `receipt-invalid` unless the server signed for the deletion of this installation's data. */
export function checkDeletionReceipt(
  receipt: DeletionReceipt,
  signer: Installation,
  scope: DeletionReceipt["scope"],
): void {
  const holds =
    isSignedByKnown(receipt, signer) &&
    receipt.server === signer.server &&
    receipt.installation === signer.installation &&
    receipt.scope === scope;
  if (!holds)
    throw new AgentError("receipt-invalid", "the server's receipt for the deletion is not what it has to be");
}

/** Those of the present enrolment. */
export const receiptsOf = (directory: StateDirectory): Receipts =>
  directory.read(receiptsFile) ?? { sections: [], consent: [], deletions: [] };

/** What an enrolled device has; the key first, and last what makes it enrolled. */
const ofEnrolment = [
  successionFile,
  deviceKeyFile,
  sessionFile,
  acknowledgedFile,
  consentFile,
  agreedFile,
  historyFile,
  counterFile,
  formerlyAcknowledgedFile,
  cellMemoryFile,
  locationSettingsFile,
  failuresFile,
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
