/** What was found in several homes, as one section: it tells what there is, not who has it. */
import type { Status } from "@rollcall/protocol";
import { nothingFrom, type Outcome } from "./outcome.ts";

/** From what tells least. */
const statuses: readonly Status[] = ["none", "unsupported", "tool-missing", "denied", "failed", "timed-out"];

/** One that was found counts; of none the worst reason. */
export function together(section: string, outcomes: readonly Outcome[]): Outcome {
  const diagnostics = [...new Set(outcomes.flatMap((each) => each.diagnostics))].slice(0, mostDiagnostics);
  const found = outcomes.flatMap(({ status, document }) => (status === "ok" ? [document] : []));
  const missing = outcomes.map(({ status }) => status).filter((status) => status !== "ok");
  const worst = missing.reduce(
    (one, other) => (statuses.indexOf(other) > statuses.indexOf(one) ? other : one),
    statuses[0] ?? "none",
  );
  if (found.length === 0) return nothingFrom(section, worst, ...diagnostics);
  const left = missing.filter((status) => status !== "none").length;
  const note = left === 0 ? [] : [`${left} homes are not in it: ${worst}`];
  return { section, status: "ok", document: joined(found), diagnostics: [...note, ...diagnostics] };
}

const mostDiagnostics = 32;

/** Their lists behind each other; items that differ in flags alone are one, in which a flag is set that is set in any. */
function joined(documents: readonly unknown[]): Record<string, unknown[]> {
  const lists: Record<string, unknown[]> = {};
  for (const document of documents)
    for (const [name, member] of Object.entries(Object(document)))
      if (Array.isArray(member)) lists[name] = [...(lists[name] ?? []), ...member];
  return Object.fromEntries(Object.entries(lists).map(([name, items]) => [name, onceEach(items)]));
}

/** Items of lists that differ in flags alone become one, with every flag that is set in any of them. */
export function onceEach<T>(items: readonly T[]): T[] {
  const once = new Map<string, T>();
  for (const item of items) {
    const key = JSON.stringify(item, (_, member: unknown) =>
      typeof member === "boolean" ? undefined : member,
    );
    const known = once.get(key);
    once.set(key, known === undefined ? item : withFlags(known, item));
  }
  return [...once.values()];
}

function withFlags<T>(one: T, other: T): T {
  const flags = Object.entries(Object(other)).filter(([, member]) => member === true);
  return { ...one, ...Object.fromEntries(flags) };
}
