/** The package's answers to `tests/golden/surfaces.json`, with the judge that users have. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Evaluator } from "../dist/node.js";
import type { Comparison, EvaluatorApi, Sample, Signature } from "../dist/node.js";
import { MODELS, ROOT } from "./models.js";

interface Golden {
  readonly judge: string;
  readonly tolerance: number;
  readonly scores: readonly {
    readonly rubric: string;
    readonly sample: Sample;
    readonly expected: {
      readonly score: number;
      readonly probabilities: readonly number[];
      readonly quotes: readonly string[];
      readonly signature: Signature;
    };
  }[];
  readonly comparisons: readonly {
    readonly comparison: Comparison;
    readonly expected: { readonly preferred: string; readonly probability: number; readonly signature: Signature };
  }[];
}

const golden = JSON.parse(readFileSync(join(ROOT, "tests/golden/surfaces.json"), "utf8")) as Golden;

describe("in Node", () => {
  let e: EvaluatorApi;
  const close = (found: number | null, expected: number) =>
    expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThanOrEqual(golden.tolerance);
  beforeAll(async () => {
    e = await Evaluator.create({ models: ["judge"], modelsUrl: MODELS, device: "flex" });
  });
  afterAll(() => e?.dispose());

  test.each(golden.scores)("$sample.id", async ({ rubric, sample, expected }) => {
    const j = await e.score(sample, { rubric });
    close(j.score, expected.score);
    expect(j.distribution?.probabilities).toHaveLength(expected.probabilities.length);
    for (const [i, p] of expected.probabilities.entries()) close(j.distribution?.probabilities[i] ?? null, p);
    const text = sample.response ?? "";
    const quotes = j.critique.points.flatMap(({ span }) => (span ? [text.slice(span.start, span.end)] : []));
    expect(quotes).toEqual(expected.quotes);
    expect(j.signature).toEqual(expected.signature);
  });

  test.each(golden.comparisons)("$comparison.id", async ({ comparison, expected }) => {
    const verdict = await e.compare(comparison);
    close(verdict.probability, expected.probability);
    expect(verdict.preferred).toBe(expected.preferred);
    expect(verdict.signature).toEqual(expected.signature);
  });
});
