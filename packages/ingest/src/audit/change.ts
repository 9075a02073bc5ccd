/**
 * How an account changes something: every write that it may ask for says what it changes, and is committed together
 * with its entry in the audit log. A route that changes something is handed this and nothing else to commit with.
 */
import { runWrite, subjectOf, type Write } from "../store/kinds.ts";
import { type AuditedWrite, defineWrite, type Store } from "../store/store.ts";
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

interface Entered {
  readonly write: AuditedWrite<unknown>;
  readonly doing: Doing;
}

const enteredWrite = defineWrite({
  name: "entered",
  async run(transaction, { write, doing }: Entered, context): Promise<unknown> {
    const outcome = await runWrite(write, transaction, context);
    const subject = subjectOf(write, outcome);
    if (subject !== null) await enter(transaction, { ...doing, subject });
    return outcome;
  },
});

/** The write with its entry behind it. */
const entered = <Outcome>(write: AuditedWrite<Outcome>, doing: Doing): Write<Outcome> =>
  // It has the outcome of the write inside it.
  enteredWrite({ write, doing }) as Write<Outcome>;
