/** `rollcall config check`: the configuration that a start would use, and what is wrong with it. Starts nothing. */
import type { Column } from "@rollcall/host";
import type { Command } from "commander";
import { type ConfigKey, configKeys, type JudgedConfig, judgeConfig } from "../config.ts";
import { type Context, dataDirectory } from "./context.ts";
import { CommandFailure } from "./failure.ts";

export function addConfig(program: Command, contextOf: () => Context): void {
  program
    .command("config")
    .description("the server's configuration")
    .command("check")
    .description(
      "every key with its value and whether that is the default; ends with 1 when something is wrong",
    )
    .action(() => checkConfig(contextOf()));
}

interface Row {
  readonly key: string;
  /** As the file says it, or the default. */
  readonly value: unknown;
  /** Nothing where there is no such key. */
  readonly default?: ConfigKey["default"];
  readonly isDefault: boolean;
  readonly problem: string | null;
}

const columns: readonly Column<Row>[] = [
  { title: "KEY", value: ({ key }) => key },
  { title: "VALUE", value: ({ value }) => JSON.stringify(value) },
  { title: "FROM", value: ({ isDefault }) => (isDefault ? "default" : "config.json") },
  { title: "WRONG", value: ({ problem }) => problem },
];

function checkConfig(context: Context): void {
  const { output } = context;
  const judged = judgeConfig(dataDirectory(context));
  const rows = rowsOf(judged);
  output.table(rows, judged.problems.length > 0 ? columns : columns.slice(0, -1));
  for (const row of rows) output.json(row);
  const [first, ...more] = judged.problems;
  if (!first) return;
  const where = first.key === null ? "" : `${first.key}: `;
  const others = more.length > 0 ? ` (and ${more.length} more)` : "";
  throw new CommandFailure(`${judged.file}: ${where}${first.detail}${others}`);
}

function rowsOf({ set, problems }: JudgedConfig): Row[] {
  const problemOf = (key: string) => problems.find((problem) => problem.key === key)?.detail ?? null;
  const known = Object.entries<ConfigKey>(configKeys).map(([key, { default: usual }]) => {
    const value = Object.hasOwn(set, key) ? set[key] : usual;
    return { key, value, default: usual, isDefault: value === usual, problem: problemOf(key) };
  });
  const unknown = Object.keys(set)
    .filter((key) => !Object.hasOwn(configKeys, key))
    .map((key) => ({ key, value: set[key], isDefault: false, problem: problemOf(key) }));
  return [...known, ...unknown];
}
