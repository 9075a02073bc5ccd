/** CSV (RFC 4180) that a spreadsheet opens as text: what a device calls itself is no formula. */

/** What spreadsheets take for the beginning of a formula, their full-width forms too. */
const formula = /^[=+\-@\t\r＝＋－＠]/;

/** One line, without its end. A text that would be taken for a formula gets an apostrophe before it. */
export function csvLine(values: readonly (string | number | null)[]): string {
  return values.map(cell).join(",");
}

function cell(value: string | number | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
