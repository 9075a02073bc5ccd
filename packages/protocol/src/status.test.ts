// Statuses: the closed list, and what each means for the document that the server has.
import t from "tap";
import { documentAfter, statuses, statusSchema } from "./status.ts";

t.test("replaces, removes or keeps the last document as PROTOCOL.md says", async (t) => {
  t.strictSame(Object.fromEntries(statuses.map((status) => [status, documentAfter(status)])), {
    ok: "replaced",
    none: "removed",
    denied: "kept",
    "tool-missing": "kept",
    unsupported: "kept",
    "not-consented": "removed",
    failed: "kept",
    "timed-out": "kept",
  });
});

t.test("takes no other word for a status", async (t) => {
  const others = ["OK", "", "ok ", "timeout", "toString", null, 0, true, ["ok"]];
  t.strictSame(
    [...statuses, ...others].filter((value) => statusSchema.safeParse(value).success),
    statuses,
  );
});
