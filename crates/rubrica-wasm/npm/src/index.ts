/**
 * Rubrica in the browser: `Evaluator.create` loads a judge, in a worker where there is one.
 *
 * @packageDocumentation
 */

import { httpSource } from "./http-source.js";
import { url } from "./given.js";
import { asFolder, withDefaults } from "./options.js";
import type { CreateOptions, EvaluatorApi, LoadProgress } from "./types.js";
import { watched } from "./watched.js";
import { WorkerEvaluator } from "./worker-evaluator.js";

export { RubricaError } from "./errors.js";
export type * from "./types.js";

/** What `Evaluator.create` gives. */
export type Evaluator = EvaluatorApi;

export const Evaluator = {
  /**
   * Loads models and gets them ready.
   *
   * ```js
   * const e = await Evaluator.create({ models: ["judge"] });
   * const j = await e.score({ instruction, response }, { rubric: "helpfulness" });
   * ```
   *
   * @throws RubricaError of code `network`, `model_file_missing`, `file_size_mismatch`,
   * `file_hash_mismatch`, `cancelled`, or whatever the core says of a file.
   */
  async create(options: CreateOptions = {}): Promise<EvaluatorApi> {
    const { models, device, cache } = withDefaults(options);
    const base = globalThis.document?.baseURI ?? globalThis.location.href;
    const modelsUrl = asFolder(url(options.modelsUrl ?? "models/", base, "options.modelsUrl"));
    const file = options.wasmUrl ?? new URL("../wasm/rubrica_full.wasm", import.meta.url);
    const wasm = options.wasmModule ?? url(file, base, "options.wasmUrl");
    return await watched<LoadProgress, EvaluatorApi>(options, async ({ onProgress = () => {}, signal }) => {
      if (options.worker ?? typeof Worker !== "undefined") {
        const setup = {
          models,
          device,
          cache,
          modelsUrl: modelsUrl.href,
          wasm: wasm instanceof URL ? wasm.href : wasm,
        };
        return await WorkerEvaluator.create(setup, onProgress, signal);
      }
      const { LocalEvaluator } = await import("./local.js");
      const source = httpSource(modelsUrl, cache);
      return await LocalEvaluator.create({ models, device, source, wasm, where: "this thread", onProgress, signal });
    });
  },
};
