/** What the result says of a judgment, in words. */

import { readFileSync } from "node:fs";
import type { Judgment, Point, Scorecard, Verdict } from "rubrica";
import { expect, test } from "vitest";
import { readAlone } from "../src/compare/verdict-result.js";
import { counted, meanings, sourceOf } from "../src/score/evidence.js";
import { record, RIGHT_OF_100 } from "../src/score/record.js";
import { confidence } from "../src/words.js";

const point = (evidence: Point["evidence"], more: Partial<Point> = {}): Point => ({
  severity: "minor",
  message: "m",
  layer: "evidence",
  evidence,
  ...more,
});
const anchor = point(
  { kind: "anchor", score: 2.9, point: 3 },
  { criterion: "clarity", message: "clarity scores 2.90, nearest to 3: mostly clear.", suggestion: "For 5: clear at once." },
);

test("a level's text is what the scale says, not a finding", () => {
  expect(sourceOf(anchor)).toBe("scale");
  expect(sourceOf(point({ kind: "check", check: "c", found: "f" }))).toBe("rule");
  expect(sourceOf(point({ kind: "metric", metric: "m", value: 1, limit: 2 }))).toBe("rule");
  expect(sourceOf(point({ kind: "rule", rule: "sums", found: "f", expected: "e" }))).toBe("rule");
  expect(sourceOf(point({ kind: "grounding", label: "l", probability: 0.5 }))).toBe("judge");
  const judgment = { critique: { summary: "", points: [anchor] } } as unknown as Judgment;
  expect(meanings(judgment)).toEqual([
    { criterion: "clarity", point: 3, text: "mostly clear.", next: "For 5: clear at once." },
  ]);
});

test("what is counted is said in a sentence, and what is undefined is left out", () => {
  const card = (scores: Record<string, number | null>) => ({ samples: [{ scores }], signatures: {} }) as unknown as Scorecard;
  expect(counted(card({ words: 1, sentences: 2, flesch_kincaid_grade: 8.21, repetition: 0 }))).toBe(
    "1 word, 2 sentences, school grade 8.2 to read (Flesch-Kincaid)",
  );
  expect(counted(card({ words: 3, sentences: null }))).toBe("3 words");
  expect(counted({ samples: [], signatures: {} })).toBe("");
});

test("the record of each judge is that of its card", () => {
  for (const [model, right] of Object.entries(RIGHT_OF_100)) {
    const card = readFileSync(new URL(`../../models/${model}/README.md`, import.meta.url), "utf8");
    const [, found] = /\| preferences, mean accuracy over [^|]*\|[^|]*\| (0\.\d+) /.exec(card) ?? [];
    expect(Math.round(Number(found) * 100), model).toBe(right);
    expect(record(model)).toContain(`${right} times in 100`);
  }
  expect(record("another")).toBeUndefined();
});

test("two orders of one comparison are not taken for two readings", () => {
  const verdict = (protocol: string) => ({ signature: { protocol, version: "0" } }) as unknown as Verdict;
  expect(readAlone(verdict("pairwise"))).toBe(true);
  expect(readAlone(verdict("pairwise_double"))).toBe(false);
});

test("a confidence is said of the bars", () => {
  expect(confidence(0.09)).toMatch(/^The bars are hardly concentrated \(9 %/);
  expect(confidence(0.9)).toMatch(/^The bars are strongly concentrated \(90 %/);
});
