/** What the commands that list something have in common: which columns, how many, and in which form. */
import type { Column, Output } from "@rollcall/host";
import type { Command } from "commander";
import { csvLine } from "./csv.ts";
import { notYet, wrongUsage } from "./failure.ts";
import { readCount } from "./typed-values.ts";

export interface ListKind<Item> {
  /** Columns that `--columns` can name, with how each is told in one cell. */
  readonly columns: Readonly<Record<string, (item: Item) => string | number | null>>;
  /** Those that are shown when none are named; all, unless said. */
  readonly usual?: readonly string[];
  /** What `--ids` tells, where items have ids. */
  readonly id?: string;
  /** Several items may be of one id; `--ids` tells each once. */
  readonly repeatsIds?: true;
  /** It can be asked for as it was on a past day. */
  readonly takesAt?: true;
  /** Said when there is nothing to list. */
  readonly none: string;
}

export interface ListOptions {
  readonly limit?: string;
  readonly ids?: true;
  readonly count?: true;
  readonly csv?: true;
  readonly columns?: string;
  readonly at?: string;
}

/** A part of a list in the order of the whole. */
export interface ListPart<Item> {
  readonly items: readonly Item[];
  /** How many there are in all, where that is known. */
  readonly total?: number | undefined;
  /** Whether the list ends here. */
  readonly isLast: boolean;
}

/** Reads a list part by part, at most `limit` items. */
export type ReadList<Item> = (limit: number) => AsyncIterable<ListPart<Item>>;

/** What a person is shown when no limit was asked for. */
const usualRows = 100;

export function addListOptions<Item>(command: Command, { columns, id, takesAt }: ListKind<Item>): Command {
  command.option(
    "--limit <N>",
    `this many at most (default: ${usualRows} for people, all for programs: --json, --csv, --ids)`,
  );
  if (id !== undefined) command.option("--ids", "ids only");
  return command
    .option("--count", "only how many there are")
    .option("--csv", "as CSV")
    .option("--columns <A,B>", `columns: ${Object.keys(columns).join(", ")}`)
    .option(
      "--at <TIME>",
      takesAt ? "as it was counted on a past day: 2026-01-31, or 7d ago as 7d" : "not yet",
    );
}

/** How a list is to be printed. */
export interface Listing<Item> {
  readonly output: Output;
  readonly kind: ListKind<Item>;
  readonly options: ListOptions;
  readonly columns: readonly string[];
  readonly limit: number;
  /** A table of some; else everything, as it comes. */
  readonly isForPeople: boolean;
}

/** Reads the options of a list; throws where they are wrong, before anything is asked of a server. */
export function readListing<Item>(output: Output, kind: ListKind<Item>, options: ListOptions): Listing<Item> {
  refuseContradictions(output, options, kind.takesAt);
  const columns = readColumns(kind, options);
  const isForPeople = !output.isJson && !options.ids && !options.csv;
  const usual = isForPeople ? usualRows : Number.POSITIVE_INFINITY;
  const limit = options.limit === undefined ? usual : readCount(options.limit);
  return { output, kind, options, columns, limit, isForPeople };
}

/** Lists in the form that was asked for: a table, NDJSON, CSV, ids, or their number. */
export async function printList<Item>(listing: Listing<Item>, read: ReadList<Item>): Promise<void> {
  const { output, options, limit, isForPeople } = listing;
  if (options.count) return printCount(output, await countOf(read));
  const { shown, total, isWhole } = isForPeople
    ? await printTable(listing, read(limit))
    : await printEach(output, read(limit), printerOf(listing));
  if (isWhole || output.readerGone.aborted) return;
  output.note(
    `${total === undefined ? `The first ${shown}` : `${shown} of ${total}`}; --limit N shows more.`,
  );
}

function refuseContradictions({ isJson }: Output, options: ListOptions, takesAt = false): void {
  if (options.at !== undefined && !takesAt) throw notYet("--at");
  const forms = (["ids", "count", "csv"] as const).filter((form) => options[form]).map((form) => `--${form}`);
  if (isJson && options.csv) forms.push("--json");
  if (options.columns !== undefined && (options.ids || options.count)) forms.push("--columns");
  if (forms.length > 1) throw wrongUsage(`${forms.join(" and ")} do not go together`);
}

function readColumns<Item>({ columns, usual }: ListKind<Item>, options: ListOptions): readonly string[] {
  const names = options.columns?.split(",").map((name) => name.trim()) ?? usual ?? Object.keys(columns);
  const unknown = names.find((name) => !Object.hasOwn(columns, name));
  if (unknown === undefined) return names;
  throw wrongUsage(`there is no column ${unknown}; columns are ${Object.keys(columns).join(", ")}`);
}

async function countOf<Item>(read: ReadList<Item>): Promise<number> {
  for await (const { total } of read(1)) if (total !== undefined) return total;
  let counted = 0;
  for await (const { items } of read(Number.POSITIVE_INFINITY)) counted += items.length;
  return counted;
}

function printCount(output: Output, total: number): void {
  output.line(String(total));
  output.json({ total });
}

interface Told {
  readonly shown: number;
  readonly total: number | undefined;
  readonly isWhole: boolean;
}

async function printTable<Item>(
  { output, kind, columns: names }: Listing<Item>,
  parts: AsyncIterable<ListPart<Item>>,
): Promise<Told> {
  const rows: Item[] = [];
  const told = await printEach(output, parts, (item) => rows.push(item));
  if (rows.length === 0) output.note(kind.none);
  else
    output.table(
      rows,
      names.map((name) => tableColumn(name, rows, kind.columns[name])),
    );
  return told;
}

function tableColumn<Item>(
  title: string,
  rows: readonly Item[],
  value: (item: Item) => string | number | null = () => null,
): Column<Item> {
  const isNumeric = rows.some((row) => typeof value(row) === "number");
  return { title, value, align: isNumeric ? "right" : "left" };
}

/** Prints items as they come, until nobody reads any more. */
async function printEach<Item>(
  { readerGone }: Output,
  parts: AsyncIterable<ListPart<Item>>,
  print: (item: Item) => void,
): Promise<Told> {
  let told: Told = { shown: 0, total: undefined, isWhole: false };
  for await (const { items, total, isLast } of parts) {
    items.forEach(print);
    told = { shown: told.shown + items.length, total, isWhole: isLast };
    if (readerGone.aborted) break;
  }
  return told;
}

function printerOf<Item>(listing: Listing<Item>): (item: Item) => void {
  const { output, kind, columns: names, options } = listing;
  const { columns, id = "", repeatsIds } = kind;
  const cellIn = (item: Item, name: string) => columns[name]?.(item) ?? null;
  if (options.ids) {
    const told = new Set<string | number | null>();
    return (item) => {
      const cell = cellIn(item, id);
      if (told.has(cell)) return;
      if (repeatsIds) told.add(cell);
      output.line(String(cell));
      output.json({ [id]: cell });
    };
  }
  if (options.csv) {
    output.line(csvLine(names));
    return (item) => output.line(csvLine(names.map((name) => cellIn(item, name))));
  }
  if (options.columns === undefined) return (item) => output.json(item);
  return (item) => output.json(Object.fromEntries(names.map((name) => [name, cellIn(item, name)])));
}
