/** Group commit: who comes while a transaction runs shares the next one, and nobody is told before it is durable. */
import t from "tap";
import { GroupCommit, type Job } from "./group-commit.ts";

interface Named extends Job {
  readonly name: string;
}

/** A group commit whose transactions last until they are let go, and what happened in it, in order. */
function recorded() {
  const events: string[] = [];
  const open: PromiseWithResolvers<void>[] = [];
  const begun: PromiseWithResolvers<void>[] = [];
  const at = (list: PromiseWithResolvers<void>[], index: number) =>
    (list[index] ??= Promise.withResolvers<void>());
  let count = 0;
  const commits = new GroupCommit<Named>(async (jobs) => {
    const number = count++;
    events.push(`begin ${jobs.length}`);
    for (const { name } of jobs) events.push(`run ${name}`);
    at(begun, number).resolve();
    await at(open, number).promise;
    events.push("durable");
  });
  const job = (name: string): Named => ({
    name,
    done: (failure) => events.push(failure === undefined ? `done ${name}` : `${failure} ${name}`),
  });
  return {
    events,
    commits,
    job,
    /** Resolves when the jobs of a transaction have run. */
    ran: (number: number) => at(begun, number).promise,
    letGo: (number: number) => at(open, number).resolve(),
    fail: (number: number, reason: string) => at(open, number).reject(reason),
  };
}

t.test(
  "puts what is handed in together into one transaction, in order, and tells nobody before",
  async (t) => {
    const { commits, events, job, ran, letGo } = recorded();
    for (const name of ["a", "b", "c"]) commits.add(job(name));
    await ran(0);
    t.same(events, ["begin 3", "run a", "run b", "run c"]);
    letGo(0);
    await commits.settled();
    t.same(events.slice(4), ["durable", "done a", "done b", "done c"]);
  },
);

t.test("collects what comes meanwhile for the next transaction", async (t) => {
  const { commits, events, job, ran, letGo } = recorded();
  commits.add(job("a"));
  await ran(0);
  for (const name of ["b", "c"]) commits.add(job(name));
  letGo(0);
  await ran(1);
  letGo(1);
  await commits.settled();
  t.same(events, [
    ...["begin 1", "run a", "durable", "done a"],
    ...["begin 2", "run b", "run c", "durable", "done b", "done c"],
  ]);
});

t.test("tells everybody of a transaction that failed, and goes on with the next", async (t) => {
  const { commits, events, job, ran, fail, letGo } = recorded();
  for (const name of ["a", "b"]) commits.add(job(name));
  await ran(0);
  commits.add(job("c"));
  fail(0, "full");
  letGo(1);
  await commits.settled();
  t.same(events, [
    ...["begin 2", "run a", "run b", "full a", "full b"],
    ...["begin 1", "run c", "durable", "done c"],
  ]);
});

t.test("puts no more than 1,024 into one transaction", async (t) => {
  const { commits, events, job, letGo } = recorded();
  for (let number = 0; number < 2_500; number++) commits.add(job(String(number)));
  for (const number of [0, 1, 2]) letGo(number);
  await commits.settled();
  t.same(
    events.filter((event) => event.startsWith("begin")),
    ["begin 1024", "begin 1024", "begin 452"],
  );
  t.equal(events.filter((event) => event.startsWith("done")).length, 2_500);
});

t.test("is settled only when what was handed in at the last moment is", async (t) => {
  const { commits, events, job, ran, letGo } = recorded();
  commits.add({ ...job("a"), done: () => commits.add(job("b")) });
  await ran(0);
  letGo(0);
  letGo(1);
  await commits.settled();
  t.equal(events.at(-1), "done b");
  await commits.settled();
});
