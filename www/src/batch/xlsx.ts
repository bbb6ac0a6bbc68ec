/** The first sheet of a workbook (ECMA-376, Office Open XML) as a table. Loaded when a workbook is read. */

import { strFromU8, unzipSync } from "fflate";
import { Parser } from "saxen";
import { distinct, type Row, type Table } from "./table.js";

/** Bytes that a part may have when it is unpacked: a small file can hold very large ones. */
const MOST = 512 * 1024 * 1024;
const NEEDED = /^xl\/(workbook\.xml|sharedStrings\.xml|styles\.xml|_rels\/workbook\.xml\.rels|worksheets\/[^/]+\.xml)$/iu;

/** A workbook's first sheet, and the names of those that were not read. */
export interface Workbook {
  readonly table: Table;
  readonly sheet: string;
  readonly others: readonly string[];
}

/** @throws Error that says what is wrong with the file. */
export function readWorkbook(bytes: Uint8Array): Workbook {
  const parts = unpacked(bytes);
  const { sheets, from1904 } = sheetsOf(parts);
  const [first, ...others] = sheets;
  if (first === undefined) throw new Error("the workbook has no sheet; expected at least one");
  const xml = parts.get(first.path);
  if (xml === undefined) throw new Error(`the workbook lacks its sheet ${first.name} (${first.path}); expected the file as a spreadsheet saves it`);
  const grid = cellsOf(xml, sharedStrings(parts.get("xl/sharedstrings.xml")), dateStyles(parts.get("xl/styles.xml")), from1904);
  return { table: tableOf(grid), sheet: first.name, others: others.map(({ name }) => name) };
}

/** The parts that are read, by their path in small letters. */
function unpacked(bytes: Uint8Array): Map<string, string> {
  const parts = new Map<string, string>();
  let size = 0;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (!NEEDED.test(name)) return false;
    size += originalSize;
    if (size > MOST) throw new Error(`the workbook has more than ${MOST / 1024 / 1024} MB when it is unpacked; expected less: save the sheet as CSV`);
    return true;
  };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, { filter });
  } catch (error) {
    throw new Error(`the workbook cannot be unpacked: ${(error as Error).message}`, { cause: error });
  }
  for (const [name, part] of Object.entries(files)) parts.set(name.toLowerCase(), strFromU8(part));
  if (!parts.has("xl/workbook.xml")) throw new Error("the file is a zip file, but no workbook of Excel; expected .xlsx");
  return parts;
}

interface Sheet {
  readonly name: string;
  readonly path: string;
}

function sheetsOf(parts: ReadonlyMap<string, string>): { readonly sheets: readonly Sheet[]; readonly from1904: boolean } {
  const targets = new Map<string, string>();
  walk(parts.get("xl/_rels/workbook.xml.rels") ?? "", {
    open: (name, { Id = "", Target = "" }) => {
      if (name === "Relationship") targets.set(Id, (Target.startsWith("/") ? Target.slice(1) : `xl/${Target}`).toLowerCase());
    },
  });
  const sheets: Sheet[] = [];
  let from1904 = false;
  walk(parts.get("xl/workbook.xml") ?? "", {
    open: (name, attributes) => {
      if (name === "workbookPr") from1904 = isTrue(attributes["date1904"]);
      const path = targets.get(attributes["r:id"] ?? "");
      if (name === "sheet" && path !== undefined && (attributes["state"] ?? "visible") === "visible") sheets.push({ name: attributes["name"] ?? "", path });
    },
  });
  return { sheets, from1904 };
}

/** Texts that cells refer to by number; readings of Japanese beside them are left out. */
function sharedStrings(xml = ""): string[] {
  const strings: string[] = [];
  let text = "";
  let reading = false;
  walk(xml, {
    open: (name) => {
      if (name === "si") text = "";
      if (name === "rPh") reading = true;
    },
    text: (found, inside) => {
      if (inside === "t" && !reading) text += found;
    },
    close: (name) => {
      if (name === "si") strings.push(text);
      if (name === "rPh") reading = false;
    },
  });
  return strings;
}

/** Formats of dates that every workbook knows. */
const DATES = new Set([14, 15, 16, 17, 22]);

/** By style, whether its numbers are dates. */
function dateStyles(xml = ""): boolean[] {
  const own = new Map<number, boolean>();
  const styles: boolean[] = [];
  let inCells = false;
  walk(xml, {
    open: (name, { numFmtId = "0", formatCode = "" }) => {
      if (name === "numFmt") own.set(Number(numFmtId), isDate(formatCode));
      if (name === "cellXfs") inCells = true;
      if (name === "xf" && inCells) styles.push(own.get(Number(numFmtId)) ?? DATES.has(Number(numFmtId)));
    },
    close: (name) => {
      if (name === "cellXfs") inCells = false;
    },
  });
  return styles;
}

/** Whether a format shows a day or a year, outside of quotes and colours. */
function isDate(format: string): boolean {
  return /[dy]/iu.test(format.replace(/"[^"]*"|\\.|\[[^\]]*\]/gu, ""));
}

/** The cells of a sheet, row by row. */
function cellsOf(xml: string, strings: readonly string[], dates: readonly boolean[], from1904: boolean): string[][] {
  const grid: string[][] = [];
  let [row, column, type, style, text] = [-1, -1, "n", 0, ""];
  walk(xml, {
    open: (name, { r, t, s }) => {
      if (name === "row") {
        row = r === undefined ? row + 1 : Number(r) - 1;
        column = -1;
      }
      if (name !== "c") return;
      column = r === undefined ? column + 1 : columnOf(r);
      [type, style, text] = [t ?? "n", Number(s ?? 0), ""];
    },
    text: (found, inside) => {
      if (inside === "v" || inside === "t") text += found;
    },
    close: (name) => {
      if (name !== "c" || text === "" || row < 0) return;
      grid[row] ??= [];
      (grid[row] as string[])[column] = valueIn(type, text, strings, dates[style] === true, from1904);
    },
  });
  return grid;
}

function valueIn(type: string, text: string, strings: readonly string[], isDate: boolean, from1904: boolean): string {
  if (type === "s") return strings[Number(text)] ?? "";
  if (type === "b") return text === "1" ? "true" : "false";
  if (type !== "n" || !isDate) return text;
  const days = Number(text) + (from1904 ? 1462 : 0);
  const time = new Date(Math.round((days - 25_569) * 86_400_000));
  if (Number.isNaN(time.getTime())) return text;
  const iso = time.toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
}

/** `BC7` is in column 54, from 0. */
function columnOf(place: string): number {
  const letters = /^[A-Z]+/u.exec(place)?.[0] ?? "";
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** The first row that holds something is the header. Empty rows are none. */
function tableOf(grid: readonly string[][]): Table {
  const [header, ...rest] = grid.filter((row) => row?.some((cell) => cell !== undefined && cell.trim() !== ""));
  if (header === undefined) return { columns: [], rows: [] };
  const width = Math.max(header.length, ...rest.map((row) => row.length));
  const names = distinct(Array.from({ length: width }, (_, i) => header[i] ?? ""));
  const rows = rest.map((row): Row => ({ cells: names.map((_, i) => row[i] ?? "") }));
  return { columns: names, rows };
}

interface Walker {
  readonly open?: (name: string, attributes: Record<string, string>) => void;
  /** Text, and the name of the element that it stands in. */
  readonly text?: (text: string, inside: string) => void;
  readonly close?: (name: string) => void;
}

/** Goes through XML once. Names come without their prefix, except those of attributes. */
function walk(xml: string, { open, text, close }: Walker): void {
  if (xml === "") return;
  const inside: string[] = [];
  new Parser()
    .on("openTag", (name, attributes, decode) => {
      const short = local(name);
      inside.push(short);
      open?.(short, open.length > 1 ? decoded(attributes(), decode) : {});
    })
    .on("text", (found, decode) => text?.(decode(found), inside.at(-1) ?? ""))
    .on("cdata", (found) => text?.(found, inside.at(-1) ?? ""))
    .on("closeTag", (name) => {
      inside.pop();
      close?.(local(name));
    })
    .on("error", (error) => {
      throw new Error(`the workbook cannot be read: ${error.message}`, { cause: error });
    })
    .parse(xml);
}

function decoded(attributes: Record<string, string>, decode: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, decode(value)]));
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
