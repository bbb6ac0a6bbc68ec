/** The package as Node users have it: models from disk, work on this thread. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Evaluator, RubricaError } from "../dist/node.js";
import type { EvaluatorApi, LoadProgress } from "../dist/node.js";
import { otherArchitecture, tampered, TINY, wrongGolden } from "./models.js";

const tiny = { models: ["tiny-judge"], modelsUrl: TINY } as const;

async function refusal(work: () => unknown): Promise<RubricaError> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(RubricaError);
    return error as RubricaError;
  }
  throw new Error("was not refused");
}

describe("an evaluator", () => {
  let e: EvaluatorApi;
  const progress: LoadProgress[] = [];
  beforeAll(async () => {
    e = await Evaluator.create({ ...tiny, onProgress: (p) => progress.push(p) });
  });
  afterAll(() => e.dispose());

  test("tells what it loads and where it runs", () => {
    const steps = progress.filter(({ file }) => file === "tiny-encoder/model.safetensors").map(({ status }) => status);
    expect(steps).toEqual(["initiate", "download", "progress", "done"]);
    expect(progress.at(-1)?.status).toBe("ready");
    expect(e.info).toMatchObject({
      threads: 1,
      where: "this thread",
      device: { requested: "auto", device: "flex", reason: expect.stringContaining("WebGPU") },
      models: [{ id: "tiny-judge+tiny-encoder" }],
    });
  });

  test("scores, with spans in UTF-16", async () => {
    const response = "The judge 😀 scores the essay. It is a small text. The essay is a text.";
    const critique = { minDelta: 0 };
    const j = await e.score({ id: "x", instruction: "Why?", response }, { rubric: "helpfulness", critique });
    expect(j.score).toBeGreaterThanOrEqual(1);
    expect(j.score).toBeLessThanOrEqual(5);
    const quotes = j.critique.points.flatMap(({ span }) => (span ? [response.slice(span.start, span.end)] : []));
    expect(quotes.length).toBeGreaterThan(0);
    for (const quote of quotes) expect(quote).toMatch(/^(The|It) .*\.$/);
    expect(j.signature).toMatchObject({ protocol: "absolute", device: "flex" });
  });

  test("takes a Prometheus rubric, and gives the rubric back as YAML", async () => {
    const descriptions = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`score${n}_description`, `meaning of ${n}`]));
    const rubric = await e.parseRubric(JSON.stringify({ criteria: "Is it kind?", ...descriptions }));
    expect(rubric.criteria[0]?.scale.anchors?.["5"]).toBe("meaning of 5");
    expect(await e.parseRubric(await e.rubricToYaml(rubric))).toEqual(rubric);
    const j = await e.score({ response: "A small text." }, { rubric });
    expect(j.perCriterion).toHaveLength(1);
  });

  test("compares in both orders, and swapping swaps", async () => {
    const [a, b] = ["The judge scores the essay.", "short"];
    const there = await e.compare({ prompt: "Why?", a, b });
    const back = await e.compare({ prompt: "Why?", a: b, b: a });
    expect(there.perOrder.map(({ order }) => order)).toEqual(["ab", "ba"]);
    expect(there.probability + back.probability).toBeCloseTo(1, 9);
    const ranking = await e.bestOfN({ instruction: "Why?", responses: [a, b, b] });
    expect(ranking.ranking).toHaveLength(3);
  });

  test("embeds, measures and checks", async () => {
    const [one, two] = await e.embed(["short", "The judge scores the essay."]);
    expect(one).toHaveLength(16);
    expect(Math.hypot(...(two ?? []))).toBeCloseTo(1, 5);
    const sample = { response: "a small text", reference: "a small text" };
    const card = await e.metrics([sample], { metrics: ["bleu", "bertscore"], corpus: true });
    expect(card.samples[0]?.scores.bleu).toBeCloseTo(100, 6);
    expect(card.samples[0]?.scores.bertscore).toBeCloseTo(1, 4);
    expect(card.corpus?.signatures.bleu).toContain("version");
    expect((await e.rubrics()).map(({ name }) => name)).toContain("helpfulness");
    expect((await e.metricCatalogue()).length).toBeGreaterThan(20);
    const [result] = await e.check("no numbers", [{ kind: "contains", all: ["numbers"] }]);
    expect(result?.passed).toBe(true);
  });

  const noText = { response: "" };
  const weight = { name: "n", criteria: [{ id: "a", description: "d", weight: -1 }] };
  test.each([
    ["empty text", () => e.score(noText), "empty_text", "response"],
    ["a lone surrogate", () => e.score({ response: "a\ud83d" }), "lone_surrogate", "sample.response"],
    ["a lone surrogate to embed", () => e.embed(["a", "\udc00"]), "lone_surrogate", "texts[1]"],
    ["a megabyte", () => e.score({ response: "a b ".repeat(2 ** 18) }), "text_too_long", "response"],
    ["a rubric that there is not", () => e.score({ response: "x" }, { rubric: "helpfullness" }), "unknown_name", "options.rubric"],
    ["a wrong field of a rubric", () => e.score({ response: "x" }, { rubric: weight }), "invalid_input", "options.rubric.criteria[0].weight"],
    ["an unknown metric", () => e.metrics([{ response: "x" }], { metrics: ["blue"] }), "unknown_name", "metrics[0]"],
  ])("refuses %s", async (_, work, code, path) => {
    const error = await refusal(work);
    expect({ code: error.code, path: error.path }).toEqual({ code, path });
  });

  test("leaves a metric without its reference undefined, and says why", async () => {
    const { samples } = await e.metrics([{ response: "x" }], { metrics: ["bleu"] });
    expect(samples[0]?.scores.bleu).toBeNull();
    expect(samples[0]?.errors?.bleu?.code).toBe("missing_reference");
  });

  test("refuses misspelt options", async () => {
    const options = { rubrik: "helpfulness" } as object;
    const error = await refusal(() => e.score({ response: "x" }, options));
    expect(error).toMatchObject({ name: "RubricaError", code: "parse_error", path: "options.rubrik" });
    expect(error.message).toContain("expected `rubric`");
    const created = await refusal(() => Evaluator.create({ modles: ["judge"] } as object));
    expect(created.path).toBe("options.modles");
  });

  test("stops when it is told to", async () => {
    const response = "The judge scores the essay. ".repeat(400);
    const controller = new AbortController();
    const stages = new Set<string>();
    const onProgress = ({ stage }: { stage: string }) => {
      stages.add(stage);
      controller.abort();
    };
    const error = await refusal(() => e.score({ response }, { signal: controller.signal, onProgress }));
    expect(error.code).toBe("cancelled");
    expect(stages.size).toBeGreaterThan(0);
    expect((await e.score({ response: "Still works." })).score).not.toBeNull();
  });
});

describe("models that are not right", () => {
  const half = (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2);
  const bent = (bytes: Uint8Array) => bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
  const weights = "model.safetensors";
  test.each([
    ["weights cut short", tampered("tiny-encoder", weights, half, false), "file_size_mismatch"],
    ["weights cut short, by their own manifest", tampered("tiny-encoder", weights, half, true), "weights_truncated"],
    ["weights of another hash", tampered("tiny-encoder", weights, bent, false), "file_hash_mismatch"],
    ["another architecture", tampered("tiny-encoder", "config.json", otherArchitecture, true), "unknown_architecture"],
    ["another golden vector", tampered("tiny-encoder", "golden.json", wrongGolden, true), "golden_mismatch"],
    ["a manifest that is none", tampered("tiny-judge", "manifest.json", () => new Uint8Array([123]), false), "parse_error"],
    ["no models at all", "/nowhere", "model_file_missing"],
  ])("%s", async (_, modelsUrl, code) => {
    const error = await refusal(() => Evaluator.create({ models: ["tiny-judge"], modelsUrl }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/expected/);
  });

  test("an encoder alone judges nothing", async () => {
    const e = await Evaluator.create({ models: ["tiny-encoder"], modelsUrl: TINY });
    expect((await refusal(() => e.score({ response: "x" }))).code).toBe("missing_model");
    await e.dispose();
  });
});

test("after dispose, calls under way and later ones are refused", async () => {
  const e = await Evaluator.create(tiny);
  const under = refusal(() => e.score({ response: "The judge scores the essay. ".repeat(400) }));
  await e.dispose();
  expect((await under).code).toBe("disposed");
  expect((await refusal(() => e.rubrics())).code).toBe("disposed");
});
