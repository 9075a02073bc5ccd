/** Before the first answer: what of a deletion was not finished is, and the files are not looked through for nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { readConfig } from "../config.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { enteredDeletion } from "./deletions.ts";
import { openLedger } from "./start.ts";

/** A data directory whose ledger is opened, as often as wanted; `fails` says whether the files cannot be cleared. */
function directory(path: string) {
  const places = { ledger: join(path, "deletions.ledger"), ledgerKey: join(path, "ledger.key") };
  let scrubs = 0;
  const open = async (store: Store, fails = false) => {
    const scrub = async (): Promise<void> => {
      scrubs++;
      if (fails) throw new Error("something still reads what was there");
      await store.scrub();
    };
    const { commit, read } = store;
    const watched = { ...store, commit: commit.bind(store), read: read.bind(store), scrub };
    await openLedger(watched as Store, places, readConfig(path));
  };
  return { ...places, open, scrubs: () => scrubs };
}

const deletion = enteredDeletion({ names: ["A".repeat(43)], categories: null, at: 1 });

t.test("clears the files where a deletion was not finished, until that is done, and not again", async (t) => {
  const path = t.testdir({});
  const { ledger, open, scrubs } = directory(path);
  const store = await openSqliteStore(join(path, "rollcall.db"));
  t.teardown(() => store.close());
  await open(store);
  t.equal(scrubs(), 0, "nothing was deleted");
  await store.commit([deletion]);
  await t.rejects(open(store, true), { message: /still reads/ });
  t.equal(readFileSync(ledger, "utf8").split("\n").length, 2, "it is in the ledger");
  await open(store);
  t.equal(scrubs(), 2);
  await open(store);
  t.equal(scrubs(), 2);
});

t.test("clears the files of an older database in which it has deleted again", async (t) => {
  const path = t.testdir({});
  const { open, scrubs } = directory(path);
  const newer = await openSqliteStore(join(path, "newer.db"));
  await open(newer);
  await newer.commit([deletion]);
  await open(newer);
  await newer.close();
  const older = await openSqliteStore(join(path, "older.db"));
  t.teardown(() => older.close());
  await t.rejects(open(older, true), { message: /still reads/ });
  await open(older);
  t.equal(scrubs(), 3);
  await open(older);
  t.equal(scrubs(), 3);
});
