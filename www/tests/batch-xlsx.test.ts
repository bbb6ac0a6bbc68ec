/** Workbooks as Excel and others write them. */

import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { readWorkbook } from "../src/batch/xlsx.js";
import { MAIN, PARTS, workbook } from "./workbook.js";

test("the first visible sheet is read, and the others are named", () => {
  const { table, sheet, others } = readWorkbook(workbook());
  expect(sheet).toBe("Answers & marks");
  expect(others).toEqual(["Notes"]);
  expect(table.columns).toEqual(["name", "an answer", "column 3", "when", "column 5"]);
  expect(table.rows.map(({ cells }) => cells)).toEqual([
    ["東京", "5 < 7 & so", "2.5", "2024-01-01", ""],
    ["", "by formula", "true", "2024-01-01 12:00:00", "4"],
  ]);
});

test("days since 1904 are days too", () => {
  const book = PARTS["xl/workbook.xml"]?.replace("<sheets>", '<workbookPr date1904="1"/><sheets>') ?? "";
  const { table } = readWorkbook(workbook({ "xl/workbook.xml": book }));
  expect(table.rows[0]?.cells[3]).toBe("2028-01-02");
});

test("what is wrong with a workbook is told", () => {
  expect(() => readWorkbook(strToU8("PK\u0003\u0004"))).toThrow(/cannot be unpacked/);
  expect(() => readWorkbook(zipSync({ "a.txt": strToU8("a") }))).toThrow(/a zip file, but no workbook of Excel/);
  expect(() => readWorkbook(workbook({ "xl/worksheets/sheet1.xml": undefined }))).toThrow(/lacks its sheet Answers & marks/);
  expect(() => readWorkbook(workbook({ "xl/worksheets/sheet1.xml": "<worksheet><row" }))).toThrow(/the workbook cannot be read/);
});

test("an empty sheet has no rows", () => {
  expect(readWorkbook(workbook({ "xl/worksheets/sheet1.xml": `<worksheet ${MAIN}/>` })).table).toEqual({ columns: [], rows: [] });
});
