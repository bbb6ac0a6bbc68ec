/** Files of a batch as rows, and which of their columns is what. */

import { expect, test } from "vitest";
import { decode } from "../src/batch/decode.js";
import { guess, markOf, Reader } from "../src/batch/mapping.js";
import { readSources, readTable, unreadable } from "../src/batch/table.js";

const cells = (text: string) => readTable(text).rows.map((row) => row.cells);

test.each([
  ["id,answer\n1,yes\n2,no\n", [["1", "yes"], ["2", "no"]]],
  ["\uFEFFid;answer\r\n1;\"a;b\"\r\n2;\"two\r\nlines\"\r\n", [["1", "a;b"], ["2", "two\r\nlines"]]],
  ["id\tanswer\n1\the said \"so\"\n", [["1", 'he said "so"']]],
  ['id,answer\n1,"he said ""so"", twice"\n', [["1", 'he said "so", twice']]],
  ["answer\nfirst\n\nsecond", [["first"], ["second"]]],
  ['{"id": 1, "answer": "yes"}\n\n{"answer": "no", "more": [1, 2]}\n', [["1", "yes", ""], ["", "no", "[1,2]"]]],
  ['[{"answer": "yes", "context": ["one", "two"]}, {"answer": null}]', [["yes", "one\n\ntwo"], ["", ""]]],
  ['{\n  "answer": "one record"\n}', [["one record"]]],
])("%j is read", (text, expected) => {
  expect(cells(text)).toEqual(expected);
});

test("columns without a name, or with one name, get names of their own", () => {
  expect(readTable("text,,text\na,b,c\n").columns).toEqual(["text", "column 2", "text (2)"]);
});

test("rows that are wrong stay, and say where and what was expected", () => {
  const faults = (text: string) => readTable(text).rows.map(({ fault }) => fault);
  expect(faults("a,b\n1,2\n1,2,3\n4\n")).toEqual([undefined, "line 3: has 3 fields; expected 2, as in the first line", "line 4: has 1 field; expected 2, as in the first line"]);
  expect(faults('a,b\n"x\ny",2\nz\n')[1]).toMatch(/^line 4: /);
  expect(faults('a,b\n1,2\n1,"open\nand on\n')[1]).toMatch(/^line 3: a quote is opened and never closed/);
  const [good, bad, number] = readTable('{"a": 1}\n{"a": \n3\n').rows;
  expect(good?.fault).toBeUndefined();
  expect(bad?.fault).toMatch(/^line 2: .*expected a JSON object$/);
  expect(bad?.cells).toEqual(['{"a": ']);
  expect(number?.fault).toBe("line 3: is 3; expected a JSON object");
  expect(() => readTable('[{"a": 1},')).toThrow(/the JSON array cannot be read: .*expected a JSON object in a list/);
});

test("text files become rows, tables of several files one table", () => {
  const texts = readSources([{ name: "b.md", text: "# B" }, { name: "a.txt", text: "A,\nstill A" }]);
  expect(texts).toEqual({ columns: ["file", "text"], rows: [{ cells: ["b.md", "# B"] }, { cells: ["a.txt", "A,\nstill A"] }] });
  const tables = readSources([{ name: "one.csv", text: "id,answer\n1,x\n" }, { name: "two.csv", text: "answer;mark\ny;3\nz\n" }]);
  expect(tables.columns).toEqual(["file", "id", "answer", "mark"]);
  expect(tables.rows.map((row) => row.cells)).toEqual([["one.csv", "1", "x", ""], ["two.csv", "", "y", "3"], ["two.csv", "", "z", ""]]);
  expect(tables.rows[2]?.fault).toMatch(/^two\.csv, line 3: /);
});

test("what is neither text nor a workbook is named", () => {
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  expect(unreadable(bytes("\u00D0\u00CF\u0011\u00E0"))).toContain("old Excel");
  expect(unreadable(bytes("PAR1"))).toContain("Parquet");
  expect(unreadable(bytes("PK\u0003\u0004"))).toBeUndefined();
});

test.each([
  [["id", "prompt", "response", "score"], { id: "id", instruction: "prompt", response: "response", mark: "score" }],
  [["Student", "Question", "Answer", "Model answer", "Grade"], { id: "Student", instruction: "Question", response: "Answer", reference: "Model answer", mark: "Grade" }],
  [["input", "output", "expected"], { instruction: "input", response: "output", reference: "expected" }],
  [["question", "student_answer", "reference_answer"], { instruction: "question", response: "student_answer", reference: "reference_answer" }],
  [["source_document", "modelSummary"], { context: "source_document", response: "modelSummary" }],
  [["file", "text"], { id: "file", response: "text" }],
])("columns %j are guessed", (columns, expected) => {
  expect(guess({ columns, rows: [] })).toEqual(expected);
});

test("without a telling name the response is the column with most text", () => {
  expect(guess({ columns: ["x", "y"], rows: [{ cells: ["short", "a longer text"] }] })).toEqual({ response: "y" });
  expect(guess({ columns: [], rows: [] })).toEqual({});
});

test("a row is given to the judge as mapped", () => {
  const reader = new Reader(["n", "q", "a"], { id: "n", instruction: "q", response: "a" });
  expect(reader.sample({ cells: ["7", "Why?", "So."] }, 0)).toEqual({ id: "7", instruction: "Why?", response: "So." });
  expect(reader.sample({ cells: ["", " ", "So."] }, 4)).toEqual({ id: "row 5", response: "So." });
});

test.each([["3", 3], [" 2,5 ", 2.5], ["-1", -1], ["", undefined], ["good", undefined], ["Infinity", undefined]])("the mark %j", (cell, expected) => {
  expect(markOf(cell)).toBe(expected);
});

test("bytes are UTF-8, or else what Windows writes", () => {
  expect(decode(new TextEncoder().encode("Müller"))).toEqual({ text: "Müller" });
  expect(decode(Uint8Array.of(0x4d, 0xfc, 0x20, 0xe9))).toEqual({ text: "Mü é", as: "Windows-1252" });
});
