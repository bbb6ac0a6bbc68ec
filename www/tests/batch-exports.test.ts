/** Exports hold everything, and nothing in them runs. */

import type { Judgment } from "rubrica";
import { expect, test } from "vitest";
import { cell } from "../src/batch/exports/cell.js";
import { csv } from "../src/batch/exports/csv.js";
import { jsonl } from "../src/batch/exports/jsonl.js";
import type { Input, Whole } from "../src/batch/exports/record.js";
import { type Front, report, safe } from "../src/batch/exports/report.js";
import { brief, type Outcome } from "../src/batch/outcome.js";
import { readTable } from "../src/batch/table.js";

const judgment: Judgment = {
  score: 2.5,
  perCriterion: [{ criterion: "clear", score: 2.5, interval: [1, 4], weight: 1 }],
  critique: { summary: "", points: [{ severity: "minor", span: { start: 0, end: 15 }, message: "<img src=x onerror=alert(1)>", layer: "evidence", evidence: { kind: "check", check: "c", found: "f" } }] },
  signature: { protocol: "absolute", version: "0.1.0", models: [{ id: "rubrica-judge-mini", sha256: "ab".repeat(32), precision: "int8" }], rubric: "0123456789abcdef" },
};
const outcome: Outcome = { judgment, seconds: 1 };
const wholes: readonly Whole[] = [
  { number: 1, name: "Ada", row: { cells: ["Ada", '=HYPERLINK("x")\n2nd'] }, text: '=HYPERLINK("x")\n2nd', instruction: "Why?", brief: brief(outcome), outcome, mark: { value: 3, comment: "-fine, mostly" } },
  { number: 2, name: "row 2", row: { cells: ["", ""] }, text: "", instruction: "", brief: brief({ fault: "the response is empty", seconds: 0 }), outcome: { fault: "the response is empty", seconds: 0 } },
  { number: 3, name: "Cy", row: { cells: ["Cy", "</p><script>alert(1)</script>"] }, text: "</p><script>alert(1)</script>", instruction: "" },
];

function input(): Input {
  const rubric = { name: "clarity", criteria: [{ id: "clear", description: "Is it clear?", weight: 1, scale: { kind: "likert", min: 1, max: 5, anchors: { 1: "no & never" } } }], aggregate: "weighted_mean" } as const;
  return {
    batch: { name: "a.csv", columns: ["name", "answer"], count: 3, mapping: { response: "answer" }, plan: { mapping: { response: "answer" }, rubric, occlude: false } },
    rows: (async function* () {
      yield* wholes;
    })(),
  };
}

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

test.each([
  ["=1+1", "'=1+1"],
  ["+49 30", "'+49 30"],
  ["-fine", "'-fine"],
  ["@me", "'@me"],
  ["\t=1", '"\'\t=1"'],
  ["＝1", "'＝1"],
  ["-2.5", "-2.5"],
  ["a=b", "a=b"],
  ['say "so", twice', '"say ""so"", twice"'],
  [-3, "-3"],
])("the cell %j is %j", (value, expected) => {
  expect(cell(value)).toBe(expected);
});

test("CSV holds the file's columns and ours, and can be read again", async () => {
  const text = await whole(csv(input()));
  const { columns, rows } = readTable(text);
  expect(columns).toEqual(["name", "answer", "judge_score", "judge_interval_from", "judge_interval_to", "judge_clear", "error", "my_mark", "my_comment", "signature"]);
  expect(rows[0]?.cells.slice(0, 9)).toEqual(["Ada", '\'=HYPERLINK("x")\n2nd', "2.5", "1", "4", "2.5", "", "3", "'-fine, mostly"]);
  expect(rows[0]?.cells[9]).toContain("rubrica-judge-mini@abababab int8");
  expect(rows[1]?.cells[6]).toBe("the response is empty");
  expect(rows).toHaveLength(3);
  expect(rows.every(({ fault }) => fault === undefined)).toBe(true);
});

test("JSON lines hold the whole judgment and the mark", async () => {
  const lines = (await whole(jsonl(input()))).trim().split("\n").map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ row: 1, name: "Ada", input: { name: "Ada" }, score: 2.5, mark: 3, comment: "-fine, mostly", judgment: { signature: { protocol: "absolute" } } });
  expect(lines[1]).toMatchObject({ row: 2, score: null, error: "the response is empty" });
  expect(lines[2]).toEqual({ row: 3, name: "Cy", input: { name: "Cy", answer: "</p><script>alert(1)</script>" }, score: null });
});

test("the report says what it rests on, and runs nothing of what it shows", async () => {
  const figure = { value: 0.5, lower: 0.1, upper: 0.8, level: 0.95, n: 9, method: "percentile" } as const;
  const front: Front = {
    counts: { all: 3, judged: 1, failed: 1, waiting: 1, marked: 1 },
    bins: [{ from: 1, to: 3, count: 1 }, { from: 3, to: 5, count: 0 }],
    signatures: [judgment.signature],
    agreement: { n: 9, kappa: { value: null, error: { code: "c", reason: "all <alike>" } }, pearson: figure, bias: figure, gain: figure, distance: 1, constantDistance: 2 },
    verdict: "The judge is closer.",
    made: new Date("2026-01-02T03:04:05Z"),
  };
  const html = await whole(report(input(), front));
  expect(html).not.toMatch(/<script|<img|<link|src=x onerror[^&]*>|https?:\/\//);
  expect(html).toContain("default-src 'none'");
  for (const told of ["3 rows, 1 judged, 1 failed, 1 not judged, 1 marked by a person.", "55 times in 100", "Is it clear?", "no &#38; never", "rubrica-judge-mini (int8, sha256 abababab", "Failed: the response is empty", "Mark 3", "The judge is closer.", "all &#60;alike&#62;", "&#60;script&#62;", "<q>=HYPERLINK(&#34;x&#34;)</q>", "prefers-color-scheme:dark", "@media print"]) {
    expect(html).toContain(told);
  }
  expect(html.match(/<article>/g)).toHaveLength(3);
  expect(safe(`<a b="c">'&`)).toBe("&#60;a b=&#34;c&#34;&#62;&#39;&#38;");
});
