/** Cells of CSV. */

export type Cell = string | number;

/** Beginnings that a spreadsheet would run as a formula, in full width too. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/u;
const NUMBER = /^[+-]?\d+([.,]\d+)?$/u;

/** A line of cells. */
export function row(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

/** A cell that no spreadsheet takes for a formula: one that begins like it gets a `'` in front. Numbers stay. */
export function cell(value: Cell): string {
  const text = String(value);
  const safe = typeof value === "string" && FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\n\r;\t]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
