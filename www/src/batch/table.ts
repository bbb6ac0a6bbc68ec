/** Files and pasted text as one table: CSV, JSON lines, a JSON array, or a text a file. */

import { lines, notText, separatorOf } from "../statistics/table.js";

/** A row as it was read. */
export interface Row {
  /** In the order of the table's columns; empty where the row has nothing. */
  readonly cells: readonly string[];
  /** What is wrong with it, and where; such a row is kept and shown, but never judged. */
  readonly fault?: string;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** A file, or what was pasted: as text, or as a table if it is read already. */
export type Source = { readonly name: string } & ({ readonly text: string } | { readonly table: Table });

const TEXT_FILE = /\.(txt|text|md|markdown)$/iu;

/** Whether a file's name says that it is one text, not a table of them. */
export function isTextFile(name: string): boolean {
  return TEXT_FILE.test(name);
}

/** Whether a file is a workbook, or another zip file. */
export function isWorkbook(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, i) => bytes[i] === byte);
}

/** What is wrong with a file that begins with `bytes`, if it cannot be read here. */
export function unreadable(bytes: Uint8Array): string | undefined {
  return isWorkbook(bytes) ? undefined : notText(bytes);
}

/** All sources as one table; with several, a column says which file a row is from. */
export function readSources(sources: readonly Source[]): Table {
  const texts: Row[] = [];
  const tables: { readonly name: string; readonly table: Table }[] = [];
  for (const source of sources) {
    const { name } = source;
    if ("table" in source) tables.push({ name, table: source.table });
    else if (isTextFile(name)) texts.push({ cells: [name, clean(source.text)] });
    else tables.push({ name, table: readTable(source.text) });
  }
  if (texts.length > 0) {
    const rows = texts;
    tables.unshift({ name: "", table: { columns: ["file", "text"], rows } });
  }
  const [only, another] = tables;
  if (only !== undefined && another === undefined) return only.table;
  return joined(tables);
}

/** Tables one below the other, columns of one name in one place. */
function joined(tables: readonly { readonly name: string; readonly table: Table }[]): Table {
  const columns = [...new Set(["file", ...tables.flatMap(({ table }) => table.columns)])];
  const rows = tables.flatMap(({ name, table }) => {
    const places = columns.map((column) => table.columns.indexOf(column));
    return table.rows.map((row) => ({
      ...row,
      cells: places.map((place, i) => (place === -1 ? (i === 0 ? name : "") : (row.cells[place] ?? ""))),
      ...(row.fault === undefined || name === "" ? {} : { fault: `${name}, ${row.fault}` }),
    }));
  });
  return { columns, rows };
}

/** A table in one text; its form is told from its beginning. */
export function readTable(text: string): Table {
  const all = clean(text);
  const begins = all.trimStart()[0];
  if (begins === "[") return readArray(all);
  if (begins === "{") return readJsonLines(all);
  return readSeparated(all);
}

function clean(text: string): string {
  return text.replace(/^\uFEFF/u, "");
}

function readSeparated(text: string): Table {
  const [header, ...rest] = lines(text, separatorOf(text) ?? ",");
  if (header === undefined) return { columns: [], rows: [] };
  const columns = distinct(header.fields);
  const rows = rest.map(({ fields, line, unclosed }): Row => {
    if (unclosed) return { cells: fields, fault: `line ${line}: a quote is opened and never closed; expected one at the end of the field` };
    if (fields.length === columns.length) return { cells: fields };
    return { cells: fields, fault: `line ${line}: has ${count(fields.length, "field")}; expected ${columns.length}, as in the first line` };
  });
  return { columns, rows };
}

/** Names for all columns, each once. */
export function distinct(names: readonly string[]): string[] {
  const given = new Set<string>();
  return names.map((name, i) => {
    const first = name.trim() === "" ? `column ${i + 1}` : name.trim();
    let unique = first;
    for (let n = 2; given.has(unique); n++) unique = `${first} (${n})`;
    given.add(unique);
    return unique;
  });
}

function readArray(text: string): Table {
  const { value, fault } = parsed(text);
  if (fault !== undefined) throw new Error(`the JSON array cannot be read: ${fault} in a list`);
  return ofRecords((value as unknown[]).map((record, i) => ({ value: record, place: `[${i}]`, raw: "" })));
}

function readJsonLines(text: string): Table {
  // One object over many lines is a record too.
  const whole = parsed(text);
  if (whole.fault === undefined) return ofRecords([{ value: whole.value, place: "line 1", raw: "" }]);
  const found = text.split("\n").flatMap((raw, i) => (raw.trim() === "" ? [] : [{ ...parsed(raw), place: `line ${i + 1}`, raw }]));
  return ofRecords(found);
}

interface Found {
  readonly value?: unknown;
  readonly fault?: string;
  /** Where it stands, and as what. */
  readonly place: string;
  readonly raw: string;
}

function parsed(text: string): { value?: unknown; fault?: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `${(error as Error).message}; expected a JSON object` };
  }
}

/** Records as rows, with the columns of all of them. What is no record stands in its row's first cell. */
function ofRecords(found: readonly Found[]): Table {
  const records = found.map(({ value }) => (isRecord(value) ? value : undefined));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record ?? {})))];
  const rows = found.map(({ value, fault, place, raw }, i): Row => {
    const record = records[i];
    if (record !== undefined) return { cells: columns.map((name) => cell(record[name])) };
    const wrong = fault ?? `is ${JSON.stringify(value).slice(0, 60)}; expected a JSON object`;
    return { cells: [raw === "" ? JSON.stringify(value) : raw], fault: `${place}: ${wrong}` };
  });
  return { columns: columns.length === 0 && rows.length > 0 ? ["record"] : columns, rows };
}

/** A value as text: passages in a list stand apart by an empty line. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.join("\n\n");
  return JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function count(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what}s`;
}
