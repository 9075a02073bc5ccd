/** A ledger grows as long as the server lives: what is kept of it in memory is whom it names. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import { type LedgerEntry, nameOf, writeEntry } from "./deletion.ts";
import { Ledger } from "./ledger.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

t.test("lets go of the entries once they were read, and recognises whom they name", async (t) => {
  const directory = t.testdir({});
  const [file, key] = [join(directory, "deletions.ledger"), join(directory, "ledger.key")];
  const bytes = Buffer.alloc(32, 7);
  writeFileSync(key, bytes);
  const entry = { number: 1, at: 0, categories: null, names: [nameOf(bytes, "ins_gone")] };
  writeFileSync(file, `${writeEntry(entry)}\n`);
  const { ledger, read } = await open({ file, key });
  // A reference is held to the end of the turn that made it.
  await new Promise((resolve) => setImmediate(resolve));
  if (typeof collectGarbage !== "function") throw new Error("no garbage collector");
  collectGarbage();
  t.equal(read.deref(), undefined);
  t.same(
    ["ins_gone", "ins_there"].map((id) => ledger.isDeleted(id)),
    [true, false],
  );
});

async function open({ file, key }: { readonly file: string; readonly key: string }) {
  const { ledger, entries } = await Ledger.open({ file, key, second: "", isNeeded: true });
  const [first] = entries;
  if (!first) throw new Error("nothing was read");
  return { ledger, read: new WeakRef<LedgerEntry>(first) };
}
