/** Rows that say what their response has to meet, through the build of the checks: the verdicts that Rust has. */

import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { check, checkRow, metrics, readConstraints, RubricaError } from "../dist/metrics.js";
import type { Estimate } from "../dist/metrics.js";

interface Case {
  readonly instruction: string;
  /** JSON. */
  readonly kwargs: string;
  readonly response: string;
  readonly strict: boolean;
  readonly loose: boolean;
}

const file = new URL("../../../../tests/golden/checks/ifeval.toml", import.meta.url);
const { case: cases } = parse(readFileSync(file, "utf8")) as unknown as { case: readonly Case[] };

test("verdicts on IFEval's instructions are those of its reference code", async () => {
  expect(cases.length).toBeGreaterThan(100);
  for (const { instruction, kwargs, response, strict, loose } of cases) {
    const row = { response, instruction_id_list: [instruction], kwargs: [JSON.parse(kwargs) as object] };
    const found = await checkRow(row);
    expect(found, `${instruction} ${kwargs}: ${response}`).toEqual({ followStrict: [strict], followLoose: [loose] });
  }
});

test("promptfoo's assertions hold or not, with weights and a threshold", async () => {
  const assert = [
    { type: "icontains", value: "REFUND", weight: 3 },
    { type: "not-contains", value: "days" },
    { type: "is-json", value: { type: "object" } },
  ];
  const found = await checkRow({ id: 7, response: "A refund takes 14 days.", assert, threshold: 0.6 });
  expect(found.pass).toBe(true);
  expect(found.score).toBeCloseTo(0.6, 12);
  expect(found.results.map(({ type, pass }) => [type, pass])).toEqual([
    ["icontains", true],
    ["not-contains", false],
    ["is-json", false],
  ]);
  expect(found.results[2]?.reason).toMatch(/not JSON/);
});

test("constraints come apart into checks that can be run again", async () => {
  const constraints = "at most 3 words, no hashtags, be kind";
  const response = "😀 one #two three";
  const found = await checkRow({ response, constraints });
  expect(found).toMatchObject({ pass: false, unread: ["be kind"] });
  expect(found.results.map(({ id, passed }) => [id, passed])).toEqual([
    ["at most 3 words", true],
    ["no hashtags", false],
  ]);
  const span = found.results[1]?.span;
  expect(response.slice(span?.start, span?.end)).toBe("#two");

  const { checks, unread } = await readConstraints(constraints);
  expect(unread).toEqual(["be kind"]);
  expect(await check(response, checks)).toEqual(found.results);
});

describe("mistakes name their place", () => {
  test.each([
    [{ response: "a", instruction_id_list: ["x:y"] }, "unknown_name", "row.instruction_id_list[0]"],
    [{ response: "a", assert: [{ type: "is-jsn" }] }, "unknown_name", "row.assert[0].type"],
    [{ response: "a", assert: [{ type: "regex", value: "(" }] }, "parse_error", "row.assert[0].value"],
  ])("%j", async (row, code, path) => {
    const error = await checkRow(row).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(RubricaError);
    expect(error).toMatchObject({ code, path });
  });
});

test("corpus scores have intervals from resamples", async () => {
  const references = ["the cat sat", "a dog ran far", "no", "it rained all night"];
  const samples = references.map((reference) => ({ response: reference.replace("a", "the"), reference }));
  const options = { metrics: ["chrf"], corpus: true, bootstrap: { replicates: 200, seed: 3, level: 0.9 } };
  const { corpus } = await metrics(samples, options);
  const found = corpus?.intervals?.chrf;
  if (found === undefined || "error" in found) throw new Error(JSON.stringify(corpus));
  const { score } = found as Readonly<Record<string, Estimate>>;
  expect(score?.value).toBeCloseTo(corpus?.corpus.chrf ?? NaN, 12);
  expect(score).toMatchObject({ level: 0.9, n: 4, method: "percentile" });
  const { value = NaN, lower = NaN, upper = NaN } = score ?? {};
  expect(lower).toBeLessThan(value);
  expect(upper).toBeGreaterThan(value);
  expect(await metrics(samples, options)).toEqual(await metrics(samples, options));

  await expect(metrics(samples, { ...options, corpus: false })).rejects.toMatchObject({ path: "options.bootstrap" });
  const few = metrics(samples, { ...options, bootstrap: { replicates: 3 } });
  await expect(few).rejects.toMatchObject({ path: "options.bootstrap.replicates" });
});
