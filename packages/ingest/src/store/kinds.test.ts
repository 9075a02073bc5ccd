/** Kinds by their names: one for each, and only what was declared. */
import t from "tap";
import { subjectOf } from "./kinds.ts";
import { defineAuditedWrite, defineRead, defineWrite } from "./store.ts";

t.test("knows one kind of a name: another would run in its place", async (t) => {
  const kind = { name: "twice", run: async () => null };
  defineWrite(kind);
  t.throws(() => defineWrite(kind), { message: "two kinds are called twice" });
  t.throws(() => defineAuditedWrite({ ...kind, subjectOf: () => null }), {
    message: "two kinds are called twice",
  });
  defineRead(kind);
  t.throws(() => defineRead(kind), { message: "two kinds are called twice" });
});

t.test("makes writes that are a name and plain values", async (t) => {
  const greet = defineAuditedWrite({
    name: "greet",
    run: async (_transaction, name: string) => `hello ${name}`,
    subjectOf: (name, outcome) => `${name}: ${outcome}`,
  });
  const write = structuredClone(greet("ada"));
  t.same(write, { kind: "greet", input: "ada", tellsWhat: true });
  t.equal(subjectOf(write, "hello"), "ada: hello");
  t.throws(() => subjectOf({ kind: "unknown", input: 0 }, 0), { message: "nothing is called unknown" });
});
