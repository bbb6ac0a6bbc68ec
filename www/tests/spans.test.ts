import type { Point } from "rubrica";
import { expect, test } from "vitest";
import { pieces } from "../src/spans.js";

function point(severity: Point["severity"], start: number, end: number): Point {
  const evidence = { kind: "written", model: "m" } as const;
  return { severity, message: "m", layer: "evidence", evidence, span: { start, end } };
}

test("pieces put together are the text", () => {
  const text = "One. 😀 Two. Three.";
  const found = pieces(text, [point("minor", 5, 12), point("major", 8, 19), point("note", 0, 4)]);
  expect(found.map((piece) => piece.text).join("")).toBe(text);
});

test("overlapping spans share a piece, the most severe first", () => {
  const found = pieces("abcdef", [point("strength", 0, 4), point("major", 2, 6)]);
  expect(found).toEqual([
    { text: "ab", points: [0] },
    { text: "cd", points: [1, 0] },
    { text: "ef", points: [1] },
  ]);
});

test("a text without points is one piece, an empty one none", () => {
  expect(pieces("abc", [])).toEqual([{ text: "abc", points: [] }]);
  expect(pieces("", [])).toEqual([]);
});

test("spans beyond the text are cut", () => {
  expect(pieces("abc", [point("note", 1, 99)]).at(-1)).toEqual({ text: "bc", points: [0] });
});
