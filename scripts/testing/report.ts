// Puts the results of a test run into words: a line for each check and file, the whole story of what failed,
// and the closing line that others count on.
import { inspect } from "node:util";
import type { CheckResult } from "./static-checks.ts";
import type { Failure, FileResult, Point, Skip } from "./tap-results.ts";

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const indent = "    ";

/** Told by `at` already, or of no use to a reader. */
const untold = ["at", "diff", "source", "stack", "stdio", "cwd", "externalID", "command", "args", "jobId"];

export function describeCheck({ name, passed, output, milliseconds }: CheckResult): string {
  const line = `${passed ? "ok  " : "FAIL"} ${name} ${seconds(milliseconds)}`;
  return passed ? line : `${line}\n${indented(output.trim(), indent)}`;
}

export function describeFile({ file, passed, failures, skips, milliseconds, output }: FileResult): string {
  const counts = totals({ passed, failed: failures.length, skipped: skips.length });
  const line = `${failures.length === 0 ? "ok  " : "FAIL"} ${file} (${counts}) ${seconds(milliseconds)}`;
  if (failures.length === 0) return line;
  const printed = output.length === 0 ? [] : [indented(["it printed:", ...output].join("\n"), indent)];
  return [line, ...failures.map(describeFailure), ...printed].join("\n");
}

export function describeFailure({ path, points }: Failure): string {
  return [`${indent}✗ ${name(path)}`, ...points.map(describePoint)].join("\n");
}

export function describeSkip({ path, reason }: Skip): string {
  return `skipped: ${name(path)}: ${reason}`;
}

/** The line that every run ends with, alone. */
export function totals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

export function name(path: readonly string[]): string {
  return path.length === 0 ? "the run itself" : path.join(" > ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

function describePoint({ name, diagnostics }: Point): string {
  const told =
    typeof diagnostics === "object" && diagnostics !== null ? describeDiagnostics(diagnostics) : [];
  return [`${indent.repeat(2)}${name}`, ...told.map((each) => indented(each, indent.repeat(3)))].join("\n");
}

function describeDiagnostics(diagnostics: object): string[] {
  const all = new Map<string, unknown>(Object.entries(diagnostics));
  const others = [...all].filter(([key]) => !untold.includes(key));
  const texts = [
    all.get("diff"),
    ...others.map(([key, value]) => `${key}: ${plain(value)}`),
    all.get("stack"),
  ];
  const place = all.has("stack") ? undefined : placeOf(all.get("at"));
  return [...texts, place].filter((text) => typeof text === "string").map((text) => text.trimEnd());
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { depth: 10, breakLength: 110 });
}

function placeOf(at: unknown): string | undefined {
  if (typeof at !== "object" || at === null || !("fileName" in at) || !("lineNumber" in at)) return undefined;
  return `${String(at.fileName)}:${String(at.lineNumber)}`;
}
