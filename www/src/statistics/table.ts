/** Tables as spreadsheets write them in many countries: separated by semicolons, with decimal commas, or by tabs. */

/** `text` with commas between its fields, as the core reads it; JSON and tables with commas stay as they are. */
export function withCommas(text: string): string {
  const clean = text.replace(/^\uFEFF/u, "");
  const separator = separatorOf(clean);
  if (separator === undefined) return clean;
  const decimal = separator === ";" ? /^[+-]?\d+,\d+$/ : undefined;
  return lines(clean, separator)
    .map(({ fields }) => fields.map((field) => quoted(decimal?.test(field) === true ? field.replace(",", ".") : field)).join(","))
    .join("\n");
}

/** The separator of a table's first line, unless it is a comma or the text is JSON. */
export function separatorOf(text: string): ";" | "\t" | undefined {
  const [first = ""] = text.trimStart().split(/\r?\n/, 1);
  if (/^[[{]/.test(first)) return undefined;
  const outside = first.replace(/"[^"]*"/g, "");
  const count = (letter: string) => outside.split(letter).length - 1;
  const [semicolons, tabs, commas] = [count(";"), count("\t"), count(",")];
  if (semicolons > commas && semicolons >= tabs) return ";";
  return tabs > commas ? "\t" : undefined;
}

/** A row of a table, and the line that it begins on, from 1. */
export interface Line {
  readonly fields: readonly string[];
  readonly line: number;
  /** Whether a quote is opened in it that nothing closes: all that follows is then one field. */
  readonly unclosed?: true;
}

/** Rows of fields. A quoted field may hold separators, line ends and doubled quotes. */
export function lines(text: string, separator: string): Line[] {
  const rows: Line[] = [];
  let row: string[] = [];
  let field = "";
  let inQuotes = false;
  let line = 1;
  let begins = 1;
  const endField = () => {
    row.push(field);
    field = "";
  };
  const endRow = () => {
    endField();
    // A line without anything is no row.
    if (row.length > 1 || row[0] !== "") rows.push({ fields: row, line: begins, ...(inQuotes ? { unclosed: true } : {}) });
    row = [];
    begins = line;
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    if (letter === "\n") line++;
    if (inQuotes) {
      if (letter !== '"') field += letter;
      else if (text[i + 1] === '"') {
        field += letter;
        i++;
      } else inQuotes = false;
    } else if (letter === '"' && field === "") inQuotes = true;
    else if (letter === separator) endField();
    else if (letter === "\n") endRow();
    else if (letter !== "\r") field += letter;
  }
  endRow();
  return rows;
}

function quoted(field: string): string {
  return /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Beginnings of files that are no text, and what to do with each. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ["PK\u0003\u0004", "is a workbook of Excel or another zip file; expected text: save the sheet as CSV"],
  ["\u00D0\u00CF\u0011\u00E0", "is a workbook of an old Excel; expected text: save the sheet as CSV"],
  ["PAR1", "is a Parquet file; expected JSON lines, a JSON array or CSV"],
  ["\u001F\u008B", "is compressed with gzip; expected the file in it"],
];

/** What is wrong with a file that begins with `bytes`, if it is no text. */
export function notText(bytes: Uint8Array): string | undefined {
  const begins = (mark: string) => [...mark].every((letter, i) => bytes[i] === letter.charCodeAt(0));
  const known = OTHER_KINDS.find(([mark]) => begins(mark));
  if (known !== undefined) return known[1];
  return bytes.includes(0) ? "is no text (it has zero bytes); expected JSON lines, a JSON array or CSV, in UTF-8" : undefined;
}
