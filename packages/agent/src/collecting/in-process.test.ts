/** Looking at the machine in the agent's own process: what a collector computes, or waits for, costs itself alone. */
import t from "tap";
import { inProcess } from "./in-process.ts";
import type { AnyCollector } from "./run-collector.ts";

type Collect = NonNullable<AnyCollector["platforms"]["linux"]>["collect"];

const misbehaviours: Readonly<Record<string, Collect>> = {
  throws: () => {
    throw new Error("thrown by a collector");
  },
  computes: () => {
    for (;;);
  },
  // A pattern that takes ages, in which no statement of ours is ever reached.
  matches: () => ({ document: { matched: /^(a+)+$/.test(`${"a".repeat(60)}b`) } }),
  waits: () => new Promise(() => undefined),
  works: () => ({ document: { total: 2 ** 30 } }),
};
const collectors = Object.entries(misbehaviours).map(([section, collect]) => ({
  section,
  platforms: { linux: { reads: [], collect } },
}));
const facts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [],
  server: null,
  location: { level: null },
} as const;

t.test("lets no collector cost another section anything", async (t) => {
  const lookAround = inProcess(collectors, { limitMilliseconds: 100 });
  const sections = [...Object.keys(misbehaviours), "unheard-of"];
  const outcomes = await lookAround({ sections, root: null, facts });
  const late = { status: "timed-out", diagnostics: ["took over 100 ms"] };
  t.same(
    [...outcomes.values()],
    [
      { section: "throws", status: "failed", diagnostics: ["thrown by a collector"] },
      { section: "computes", ...late },
      { section: "matches", ...late },
      { section: "waits", ...late },
      { section: "works", status: "ok", document: { total: 2 ** 30 }, diagnostics: [] },
      { section: "unheard-of", status: "unsupported", diagnostics: [] },
    ],
  );
});
