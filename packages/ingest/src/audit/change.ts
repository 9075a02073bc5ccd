/**
 * How an account changes something: every write that it may ask for says what it changes, and is committed together
 * with its entry in the audit log. A route that changes something is handed this and nothing else to commit with.
 */
import type { AuditedWrite, Store, Write } from "../store/store.ts";
import type { Act } from "./log.ts";
import { enter } from "./log.ts";

/** Commits a write with its entry; none is made where nothing was changed. Called once by each changing route. */
export type Change = <Outcome>(write: AuditedWrite<Outcome>) => Promise<Outcome>;

/** Who does what, when and in which request; the subject comes from the write. */
export type Doing = Omit<Act, "subject">;

/** A change that counts how often it was called. */
export interface CountedChange {
  readonly change: Change;
  calls(): number;
}

export function changeOf(store: Pick<Store, "commit">, doing: Doing): CountedChange {
  let calls = 0;
  return {
    calls: () => calls,
    async change(write) {
      calls++;
      const [outcome] = await store.commit([entered(write, doing)]);
      return outcome;
    },
  };
}

/** The write with its entry behind it. */
function entered<Outcome>(write: AuditedWrite<Outcome>, doing: Doing): Write<Outcome> {
  return {
    kind: "entered",
    input: { write: { kind: write.kind, input: write.input }, doing },
    async run(transaction, context) {
      const outcome = await write.run(transaction, context);
      const subject = write.subjectOf(outcome);
      if (subject !== null) await enter(transaction, { ...doing, subject });
      return outcome;
    },
  };
}
