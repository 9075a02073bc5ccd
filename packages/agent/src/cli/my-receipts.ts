/**
 * `rollcall-agent my receipts`: what the server signed. Those kept here are verified with nobody's help; a server that
 * is reached is asked to sign for what it holds now.
 */
import { type ExitCode, exitCodes } from "@rollcall/host";
import {
  type ConsentReceipt,
  type DeletionReceipt,
  isAnnouncedBy,
  isReceiptOf,
  type Receipt,
  type ReceiptsAnswer,
} from "@rollcall/protocol";
import { AgentError, isAgentError } from "../agent-error.ts";
import { acknowledgedDigest } from "../check-in/submission.ts";
import { StateDirectory } from "../state/directory.ts";
import { readInstallation } from "../state/enrolled-state.ts";
import { acknowledgedFile, nothingAcknowledged, receiptsFile } from "../state/files.ts";
import { type KeptReceipts, receiptKeysOf, receiptsKept } from "../state/kept-receipts.ts";
import type { Context } from "./context.ts";
import { askOwn } from "./own-server.ts";

type Signed = Receipt | ConsentReceipt | DeletionReceipt;

interface Shown {
  readonly use: Signed["use"];
  readonly at: string;
  readonly installation: string;
  /** What it is about, in words. */
  readonly about: string;
  readonly valid: boolean;
  readonly receipt: Signed;
}

export async function receiptsCommand(context: Context): Promise<ExitCode> {
  const { output } = context;
  const directory = new StateDirectory(context.stateDirectory);
  const kept = [...receiptsKept(directory), ...present(directory)].flatMap(shown);
  const server = await askServer(context, directory);
  output.json({ kept, server });
  if (kept.length === 0) output.line("No receipts are kept here.");
  else
    output.table(kept, [
      { title: "AT", value: ({ at }) => at },
      { title: "USE", value: ({ use }) => use },
      { title: "ABOUT", value: ({ about }) => about },
      { title: "SIGNATURE", value: ({ valid }) => (valid ? "valid" : "NOT VALID") },
    ]);
  if (server) output.line(serverInWords(server));
  if (kept.every(({ valid }) => valid) && (server?.valid ?? true)) return exitCodes.done;
  throw new AgentError("receipt-invalid", "a receipt is not signed by this device's server");
}

/** Those of the present enrolment, in the form of those that were kept from former ones. */
function present(directory: StateDirectory): KeptReceipts[] {
  const installation = readInstallation(directory);
  const receipts = installation && directory.read(receiptsFile);
  if (!receipts) return [];
  const { url, server, installation: id } = installation;
  return [{ url, server, installation: id, receiptKeys: receiptKeysOf(installation), ...receipts }];
}

function shown({ sections, consent, deletions, server, receiptKeys }: KeptReceipts): Shown[] {
  const all: Signed[] = [...consent, ...sections, ...deletions];
  return all
    .map((receipt) => ({
      use: receipt.use,
      at: receipt.at,
      installation: receipt.installation,
      about: aboutOf(receipt),
      // Of whichever installation: this device may go on for a former one of its own.
      valid: receipt.server === server && receiptKeys.some((key) => isReceiptOf(key, receipt)),
      receipt,
    }))
    .toSorted((a, b) => secondOf(a) - secondOf(b));
}

/** Not every receipt tells parts of a second; within one, they stand in the order of what is signed for. */
const secondOf = ({ at }: Shown): number => Math.floor(Date.parse(at) / 1_000);

function aboutOf(receipt: Signed): string {
  switch (receipt.use) {
    case "receipt":
      return `check-in ${receipt.counter}: ${Object.keys(receipt.sections).join(", ")}`;
    case "consent":
      return `consent number ${receipt.consentNumber}`;
    case "deletion":
      return receipt.scope === "everything" ? "everything was deleted" : "what is personal was deleted";
  }
}

interface FromServer extends Pick<ReceiptsAnswer, "consent" | "state"> {
  readonly valid: boolean;
  /** Whether it signed for exactly what this device believes that it holds. */
  readonly agrees: boolean;
}

/** null where there is no server to ask, none is reached, or it refuses, as for a device that it deleted: what is kept here needs none. */
async function askServer(context: Context, directory: StateDirectory): Promise<FromServer | null> {
  const installation = readInstallation(directory);
  if (!installation) return null;
  try {
    const { receiptKey, consent, state } = await askOwn(context, (api) => api.receipts());
    const signed = [consent, state].flatMap((receipt) => receipt ?? []);
    const valid =
      isAnnouncedBy(installation.server, receiptKey) &&
      signed.every(
        (receipt) =>
          isReceiptOf(receiptKey.key, receipt) && receipt.installation === installation.installation,
      );
    const believed = acknowledgedDigest(directory.read(acknowledgedFile) ?? nothingAcknowledged);
    return { consent, state, valid, agrees: (state?.stateDigest ?? believed) === believed };
  } catch (error) {
    if (!isAgentError(error, "not-reached", "asked-to-wait", "refused")) throw error;
    context.output.note(`${error.message}; shown is what is kept here`);
    return null;
  }
}

function serverInWords({ agrees, state }: FromServer): string {
  if (!state) return "The server holds nothing of this device yet.";
  return agrees
    ? `The server signs, at ${state.at}, for exactly what this device believes that it holds.`
    : `The server signs, at ${state.at}, for something else than this device believes; the next check-in mends that.`;
}
