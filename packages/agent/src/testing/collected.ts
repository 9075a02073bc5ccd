/** Runs a collector over a machine that a test makes up: a tree of files in a temporary folder. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type LocationRule, sectionNamed } from "@rollcall/protocol";
import type { Test } from "tap";
import type { FoundSection } from "../check-in/found.ts";
import type { AgentFacts } from "../collecting/collector.ts";
import { foundSection } from "../collecting/found-section.ts";
import type { Recorded } from "../collecting/look.ts";
import { runCollector } from "../collecting/run-collector.ts";
import { collectors } from "../collectors/index.generated.ts";

/** Absolute paths with what stands there: a file's content, a link's target, or an empty folder. */
export type Tree = Readonly<Record<string, string | Uint8Array | { readonly link: string } | "folder">>;

/** Makes the tree; its root goes with the test. To have an empty file, say "". */
export function machineTree(t: Test, tree: Tree): string {
  const root = t.testdir();
  for (const [path, content] of Object.entries(tree)) {
    const at = join(root, path);
    mkdirSync(content === "folder" ? at : dirname(at), { recursive: true });
    if (content === "folder") continue;
    if (typeof content === "object" && "link" in content) symlinkSync(content.link, at);
    else writeFileSync(at, content);
  }
  return root;
}

export interface CollectedOptions {
  readonly facts?: Partial<AgentFacts>;
  readonly rule?: LocationRule;
  /** What the machine's programs print. */
  readonly recorded?: Recorded;
}

const usualFacts: AgentFacts = {
  platform: "linux",
  agentVersion: "0.1.0",
  applications: [{ number: "rollcall-agent", version: "0.1.0", channel: "stable" }],
  server: null,
  location: { level: null },
};

/** What is found of a section in a tree, below a root, or (null) on this machine; the rule's level is in the facts too. Throws when the document does not pass its definition. */
export async function collected(
  t: Test,
  section: string,
  machine: Tree | string | null,
  { facts = {}, rule = { ownership: "organisation", level: null }, recorded }: CollectedOptions = {},
): Promise<FoundSection> {
  const [collector, definition] = [
    collectors.find((each) => each.section === section),
    sectionNamed(section),
  ];
  if (!collector || !definition) throw new Error(`there is no collector of ${section}`);
  const root = machine === null || typeof machine === "string" ? machine : machineTree(t, machine);
  const allFacts = { ...usualFacts, location: { level: rule.level }, ...facts };
  const outcome = await runCollector(collector, root, allFacts, { recorded });
  // As it comes from the process that looks at the machine.
  const found = foundSection(definition, JSON.parse(JSON.stringify(outcome)), rule);
  if (found.document !== undefined) definition.document.parse(found.document);
  return found;
}
