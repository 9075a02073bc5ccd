/** `rollcall-agent show --sent`: what the server was last told and signed for, from the state alone. */
import { type ExitCode, exitCodes } from "@rollcall/host";
import { type Receipt, type Status, sectionNamed } from "@rollcall/protocol";
import { StateDirectory } from "../state/directory.ts";
import { demandInstallation } from "../state/enrolled-state.ts";
import { type AcknowledgedSection, acknowledgedFile, receiptsFile } from "../state/files.ts";
import type { Context } from "./context.ts";
import { tellSection } from "./document-view.ts";
import { wantedSections } from "./looking.ts";

interface SentSection {
  readonly status: Status;
  readonly category: string | null;
  /** Null without one, and where only the server knows which it kept. */
  readonly document: unknown;
  /** Null where it was not kept. */
  readonly receipt: Receipt | null;
}

export function showSentCommand(context: Context, names: readonly string[]): ExitCode {
  const wanted = new Set(wantedSections(names).map(({ name }) => name));
  const sections = Object.entries(sentSections(new StateDirectory(context.stateDirectory))).filter(
    ([name]) => names.length === 0 || wanted.has(name),
  );
  const { output } = context;
  output.json({ sections: Object.fromEntries(sections) });
  for (const [name, sent] of sections) tell(context, name, sent);
  if (sections.length === 0) output.line("Nothing of this was acknowledged by the server.");
  return exitCodes.done;
}

/** What the server acknowledged, each with the receipt for it. */
export function sentSections(directory: StateDirectory): Readonly<Record<string, SentSection>> {
  demandInstallation(directory);
  const acknowledged = directory.read(acknowledgedFile)?.sections ?? {};
  const receipts = directory.read(receiptsFile)?.sections ?? [];
  const byName = Object.entries(acknowledged).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    byName.map(([name, section]) => [
      name,
      {
        status: section.status,
        category: sectionNamed(name)?.category ?? null,
        document: section.body === null ? null : JSON.parse(section.body),
        receipt: receipts.findLast((receipt) => isFor(receipt, name, section)) ?? null,
      },
    ]),
  );
}

function isFor({ sections }: Receipt, name: string, { status, digest }: AcknowledgedSection): boolean {
  const [signedStatus, signedDigest] = sections[name] ?? [];
  return signedStatus === status && signedDigest === digest;
}

function tell({ output }: Context, name: string, { receipt, category, ...sent }: SentSection): void {
  const definition = sectionNamed(name);
  if (!definition || category === null) return;
  const fate = receipt
    ? `acknowledged ${receipt.at}, check-in ${receipt.counter}, signed ${receipt.signature.slice(0, 8)}…`
    : "acknowledged, but its receipt was not kept";
  tellSection(output, definition, { ...sent, category, fate, diagnostics: [] });
}
