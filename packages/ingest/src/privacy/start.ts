/**
 * Before the first answer: the database has to show the ledger's number. An older one is made to forget again what
 * was deleted since; one that knows more than the ledger is not served.
 */
import type { Config } from "../config.ts";
import type { DataDirectory } from "../store/data-directory.ts";
import { protocolScope } from "../store/scope.ts";
import type { Store } from "../store/store.ts";
import { deletionsShown } from "./deletions.ts";
import { Ledger } from "./ledger.ts";
import { replay } from "./replay.ts";
import { removeOldAt } from "./retention.ts";
import { settleDeletions } from "./rules.ts";

export async function openLedger(
  store: Store,
  { ledger: file, ledgerKey: key }: Pick<DataDirectory, "ledger" | "ledgerKey">,
  config: Config,
): Promise<Ledger> {
  const second = config["ledger.secondPlace"];
  const shown = await store.read(deletionsShown, protocolScope, null);
  const { ledger, entries: all } = await Ledger.open({ file, key, second, isNeeded: shown.number > 0 });
  // A crash can have come between a deletion and its entry: exactly those that are pending may be missing.
  const carried = shown.number - shown.pending.length;
  if (ledger.number < carried)
    throw new Error(
      `the ledger of deletions ${file} ends at ${ledger.number}, its database knows of ${shown.number}: ` +
        "without it what was deleted might come back with a backup. Put the file back, or name its second place with ledger.secondPlace.",
    );
  if (ledger.number > shown.number) {
    const entries = all.slice(shown.number);
    const retention = entries.findLast(({ names }) => names === null);
    if (retention) await removeOldAt(store, config, retention.at);
    await replay(store, entries, ledger.key);
  }
  // What was deleted when the server was killed may still stand in its files.
  if (ledger.number > shown.number || shown.pending.length > 0) await settleDeletions({ store, ledger });
  return ledger;
}
