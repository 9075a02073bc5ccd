// Rows in aligned columns, for people.
import { render, type Styled, type Text } from "./colour.ts";

export interface Column<Row> {
  readonly title: string;
  /** `null` and `undefined` are shown as `-`: an empty cell would look like a missing column. */
  readonly value: (row: Row) => Text | number | boolean | null | undefined;
  /** Numbers read better at the right. */
  readonly align?: "left" | "right";
}

const gap = "  ";

/**
 * A line of titles and a line for each row, without a line break at the end.
 *
 * @example table([{ name: "a", size: 7 }], [{ title: "NAME", value: (row) => row.name }])
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({ title }) => render(title)),
    ...rows.map((row) => columns.map((column) => cell(column.value(row)))),
  ];
  const widths = columns.map((_, index) => widest(lines, index));
  return lines.map((cells) => alignedLine(cells, columns, widths)).join("\n");
}

function cell(value: Text | number | boolean | null | undefined): Styled {
  if (value === null || value === undefined || value === "") return render("-");
  return render(typeof value === "number" || typeof value === "boolean" ? String(value) : value);
}

/** A loop, for a list can have more rows than a call can have arguments. */
function widest(lines: readonly (readonly Styled[])[], index: number): number {
  let width = 0;
  for (const cells of lines) width = Math.max(width, cells[index]?.width ?? 0);
  return width;
}

function alignedLine(
  cells: readonly Styled[],
  columns: readonly { readonly align?: "left" | "right" }[],
  widths: readonly number[],
): string {
  const padded = cells.map((each, index) => {
    const space = " ".repeat((widths[index] ?? 0) - each.width);
    return columns[index]?.align === "right" ? space + each.text : each.text + space;
  });
  return padded.join(gap).trimEnd();
}
