/** A row of a Markdown table. */

/** Text as it can stand in a row: neither ends the cell nor the row. */
const cell = (text: string) => text.replace(/\s+/g, " ").replaceAll("|", "\\|");

export const row = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
