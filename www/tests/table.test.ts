/** Tables as spreadsheets of many countries write them. */

import { expect, test } from "vitest";
import { notText, separatorOf, withCommas } from "../src/statistics/table.js";

test.each([
  ["model;score\nx;3,5\ny;-2,25\n", "model,score\nx,3.5\ny,-2.25"],
  ["model\tscore\r\nx\t3,5\r\n", 'model,score\nx,"3,5"'],
  ['name;said\n"a;b";"he said ""so"""\n', 'name,said\na;b,"he said ""so"""'],
  ['a;b\n"two\nlines";1\n\n', 'a,b\n"two\nlines",1'],
  ["\uFEFFa;b\n1;2", "a,b\n1,2"],
])("%j is read", (text, expected) => {
  expect(withCommas(text)).toBe(expected);
});

test.each([
  "a,b\n1,2\n",
  '{"a": "x;y;z"}\n',
  '[\n  {"a": "x;y"}\n]',
  "one\n1\n",
  '"a;b",c\n1,2\n',
  "",
])("%j stays as it is", (text) => {
  expect(separatorOf(text)).toBeUndefined();
  expect(withCommas(text)).toBe(text);
});

test("what is no text is named", () => {
  const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  expect(notText(bytes("PK\u0003\u0004rest"))).toContain("save the sheet as CSV");
  expect(notText(bytes("PAR1"))).toContain("Parquet");
  expect(notText(bytes("a\u0000b"))).toContain("zero bytes");
  expect(notText(bytes("PK;label\n"))).toBeUndefined();
  expect(notText(bytes(""))).toBeUndefined();
});
