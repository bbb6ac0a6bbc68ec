/** The package in Chromium on a plain page: worker, CPU and WebGPU (SwiftShader, with tiny models). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Evaluator as EvaluatorFactory } from "../dist/index.js";
import type * as Metrics from "../dist/metrics.js";
import { Evaluator as NodeEvaluator } from "../dist/node.js";
import { otherArchitecture, tampered, TINY, wrongGolden } from "./models.js";
import { type Site, serve } from "./serve.js";

declare const Evaluator: typeof EvaluatorFactory;
declare const metrics: typeof Metrics;

const PLAIN = ["--disable-gpu"];
const SWIFTSHADER = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
];
const QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const half = (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2);
const weights = ["tiny-encoder", "model.safetensors"] as const;

/** The tiny models with a golden vector so exact that only the device that made it gives it again. */
async function exactForTheCpu(): Promise<string> {
  const e = await NodeEvaluator.create({ models: ["tiny-encoder"], modelsUrl: TINY });
  const golden = JSON.parse(readFileSync(join(TINY, "tiny-encoder/golden.json"), "utf8"));
  const [embedding = new Float32Array()] = await e.embed([golden.text]);
  await e.dispose();
  const exact = { ...golden, embedding: [...embedding], tolerance: 1e-10 };
  return tampered("tiny-encoder", "golden.json", () => new TextEncoder().encode(JSON.stringify(exact)), true);
}

let site: Site;

async function start(flags: readonly string[]): Promise<{ browser: Browser; page: Page; faults: string[] }> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: [...QUIET, ...flags] });
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(`${site.url}page/index.html`);
  await page.waitForFunction(() => "Evaluator" in globalThis);
  return { browser, page, faults };
}

beforeAll(async () => {
  site = await serve({
    page: fileURLToPath(new URL("page", import.meta.url)),
    rubrica: fileURLToPath(new URL("..", import.meta.url)),
    models: TINY,
    short: tampered(...weights, half, false),
    changed: tampered(...weights, (bytes) => bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1), false),
    architecture: tampered("tiny-encoder", "config.json", otherArchitecture, true),
    golden: tampered("tiny-encoder", "golden.json", wrongGolden, true),
    exact: await exactForTheCpu(),
  });
});
afterAll(() => void site.server.close());

describe("without a GPU", () => {
  let browser: Browser;
  let page: Page;
  let faults: string[];
  beforeAll(async () => ({ browser, page, faults } = await start(PLAIN)));
  afterAll(() => browser.close());

  test("scores in a worker and on the page's thread, with equal results", async () => {
    const results = await page.evaluate(async () => {
      const found = [];
      for (const worker of [true, false]) {
        const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/models/", worker });
        const { score, signature } = await e.score({ instruction: "Why?", response: "The judge 😀 scores." });
        found.push({ score, signature, info: e.info });
        await e.dispose();
      }
      return found;
    });
    expect(results[0]?.score).toBe(results[1]?.score);
    expect(results[0]?.signature).toEqual(results[1]?.signature);
    expect(results.map(({ info }) => info.where)).toEqual(["worker", "this thread"]);
    for (const { info } of results) {
      expect(info.device).toMatchObject({ requested: "auto", device: "flex", reason: expect.stringMatching(/WebGPU/) });
    }
  });

  test("forced to WebGPU it falls back, and says why", async () => {
    const device = await page.evaluate(async () => {
      const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/models/", device: "webgpu" });
      const { score } = await e.score({ response: "A small text." });
      return { score, ...e.info.device };
    });
    expect(device).toMatchObject({ requested: "webgpu", device: "flex", reason: expect.stringMatching(/WebGPU/) });
    expect(device.score).not.toBeNull();
  });

  test.each([
    ["weights cut short", "short", "file_size_mismatch"],
    ["weights of another hash", "changed", "file_hash_mismatch"],
    ["another architecture", "architecture", "unknown_architecture"],
    ["a golden vector that the CPU does not reproduce", "golden", "golden_mismatch"],
    ["no such folder", "nowhere", "model_file_missing"],
  ])("refuses %s with an Error object", async (_, folder, code) => {
    const found = await page.evaluate(async (modelsUrl) => {
      try {
        await Evaluator.create({ models: ["tiny-judge"], modelsUrl, cache: false });
        return undefined;
      } catch (error) {
        const { name, code, message } = error as Error & { code: string };
        return { isError: error instanceof Error, name, code, message };
      }
    }, `/${folder}/`);
    expect(found).toMatchObject({ isError: true, name: "RubricaError", code, message: expect.stringContaining("expected") });
  });

  test("bad input keeps its code and path through the worker", async () => {
    const found = await page.evaluate(async () => {
      const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/models/" });
      const why = (work: Promise<unknown>) =>
        work.then(
          () => "was not refused",
          ({ code, path }: { code: string; path?: string }) => [code, path],
        );
      const rubric = { name: "n", criteria: [{ id: "a", description: "d", weight: -1 }] };
      return [
        await why(e.score({ response: " " })),
        await why(e.score({ response: "a\ud83d" })),
        await why(e.score({ response: "a b ".repeat(2 ** 18) })),
        await why(e.score({ response: "x" }, { rubric })),
        await why(e.parseRubric("name: [")),
      ];
    });
    expect(found).toEqual([
      ["empty_text", "response"],
      ["lone_surrogate", "sample.response"],
      ["text_too_long", "response"],
      ["invalid_input", "options.rubric.criteria[0].weight"],
      ["parse_error", undefined],
    ]);
  });

  test("work in the worker can be stopped, and the worker goes on", async () => {
    const found = await page.evaluate(async () => {
      const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/models/" });
      const controller = new AbortController();
      const response = "The judge scores the essay. ".repeat(2000);
      const options = { signal: controller.signal, onProgress: () => controller.abort() };
      const code = await e.score({ response }, options).catch((error: { code: string }) => error.code);
      const { score } = await e.score({ response: "A small text." });
      return { code, score };
    });
    expect(found.code).toBe("cancelled");
    expect(found.score).not.toBeNull();
  });

  test("loading can be stopped", async () => {
    const code = await page.evaluate(async () => {
      const controller = new AbortController();
      const onProgress = () => controller.abort();
      const options = { models: ["tiny-judge"], modelsUrl: "/models/", onProgress, signal: controller.signal, cache: false };
      return await Evaluator.create(options).catch((error: { code: string }) => error.code);
    });
    expect(code).toBe("cancelled");
  });

  test("metrics need no models", async () => {
    const score = await page.evaluate(async () => {
      const sample = { response: "a small text", reference: "a small text" };
      const card = await metrics.metrics([sample], { metrics: ["chrf"] });
      return card.samples[0]?.scores.chrf;
    });
    expect(score).toBeCloseTo(100, 6);
  });

  test("nothing broke the page's policy", () => {
    // A missing model is answered with 404, which browsers report.
    expect(faults.filter((fault) => !fault.includes("404"))).toEqual([]);
  });
});

describe("on WebGPU", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => ({ browser, page } = await start(SWIFTSHADER)));
  afterAll(() => browser.close());

  test("gives what the CPU gives", async () => {
    const found = await page.evaluate(async () => {
      const run = async (device: "webgpu" | "flex") => {
        const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/models/", device });
        const texts = ["short", "The judge scores the essay, and says why: clear, kind and complete."];
        const embeddings = (await e.embed(texts)).map((row) => [...row]);
        const { score } = await e.score({ response: "The judge scores the essay. It is a small text." });
        await e.dispose();
        return { embeddings, score: score ?? Number.NaN, device: e.info.device };
      };
      return { gpu: await run("webgpu"), cpu: await run("flex") };
    });
    expect(found.gpu.device).toMatchObject({ device: "webgpu" });
    const flat = (rows: number[][]) => rows.flat();
    const cpu = flat(found.cpu.embeddings);
    const worst = Math.max(...flat(found.gpu.embeddings).map((x, i) => Math.abs(x - (cpu[i] ?? Number.NaN))));
    expect(worst).toBeLessThan(1e-4);
    expect(Math.abs(found.gpu.score - found.cpu.score)).toBeLessThan(1e-3);
  });

  test("is given up when it does not reproduce the golden vector, and the reason is told", async () => {
    const { score, device } = await page.evaluate(async () => {
      const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/exact/", device: "webgpu" });
      const { score } = await e.score({ response: "A small text." });
      return { score, device: e.info.device };
    });
    expect(device).toMatchObject({ requested: "webgpu", device: "flex", reason: expect.stringContaining("golden vector") });
    expect(score).not.toBeNull();
  });

  test("is replaced by the CPU when it is lost, and the call that noticed is answered", async () => {
    const found = await page.evaluate(async () => {
      type Lost = { destroy(): void };
      type Request = (...args: unknown[]) => Promise<Lost>;
      const { prototype } = (globalThis as unknown as { GPUAdapter: { prototype: { requestDevice: Request } } }).GPUAdapter;
      const request = prototype.requestDevice;
      const devices: Lost[] = [];
      prototype.requestDevice = async function (...args) {
        const device = await request.apply(this, args);
        devices.push(device);
        return device;
      };
      const options = { models: ["tiny-judge"], modelsUrl: "/models/", device: "webgpu", worker: false } as const;
      const e = await Evaluator.create(options);
      prototype.requestDevice = request;
      const before = e.info.device.device;
      for (const device of devices) device.destroy();
      const { score, signature } = await e.score({ response: "A small text." });
      return { before, score, ran: signature.device, after: e.info.device };
    });
    expect(found).toMatchObject({
      before: "webgpu",
      ran: "flex",
      after: { requested: "webgpu", device: "flex", reason: expect.stringMatching(/^webgpu failed: .*; the CPU is used$/) },
    });
    expect(found.score).not.toBeNull();
  });

  test("is left to the CPU when it is emulated and nobody asked for it", async () => {
    const device = await page.evaluate(async () => {
      const e = await Evaluator.create({ models: ["tiny-judge"], modelsUrl: "/models/" });
      return e.info.device;
    });
    expect(device).toMatchObject({ requested: "auto", device: "flex", reason: expect.stringContaining("software") });
  });
});
