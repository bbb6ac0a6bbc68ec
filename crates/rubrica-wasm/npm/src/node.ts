/**
 * Rubrica in Node: `Evaluator.create` reads models from disk and works on this thread.
 *
 * @packageDocumentation
 */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { RubricaError } from "./errors.js";
import { FileSource, nearestModels } from "./file-source.js";
import { LocalEvaluator } from "./local.js";
import { url } from "./given.js";
import { asFolder, withDefaults } from "./options.js";
import { HttpSource, type ModelSource } from "./source.js";
import type { CreateOptions, EvaluatorApi, LoadProgress } from "./types.js";
import { watched } from "./watched.js";

export { RubricaError } from "./errors.js";
export type * from "./types.js";

/** What `Evaluator.create` gives. */
export type Evaluator = EvaluatorApi;

export const Evaluator = {
  /**
   * Loads models and gets them ready. `modelsUrl` is a path, a `file:` URL or an `http(s):` URL; left
   * out, it is the nearest folder called `models`, here or above.
   *
   * @throws RubricaError of code `model_file_missing`, `file_size_mismatch`, `file_hash_mismatch`,
   * `cancelled`, or whatever the core says of a file.
   */
  async create(options: CreateOptions = {}): Promise<EvaluatorApi> {
    const { models, device } = withDefaults(options);
    if (options.worker === true) {
      const message = "options.worker: is true; expected false in Node, where there is no Web Worker";
      throw new RubricaError("invalid_input", message, "options.worker");
    }
    const from = source(options.modelsUrl);
    return await watched<LoadProgress, EvaluatorApi>(options, async ({ onProgress = () => {}, signal }) => {
      const wasm = options.wasmModule ?? (await bytes(options.wasmUrl));
      return await LocalEvaluator.create({ models, device, source: from, wasm, where: "this thread", onProgress, signal });
    });
  },
};

function source(models: string | URL | undefined): ModelSource {
  const text = path(models ?? nearestModels(process.cwd()), "options.modelsUrl");
  if (/^https?:/.test(text)) return new HttpSource(asFolder(new URL(text)));
  return new FileSource(text.startsWith("file:") ? fileURLToPath(text) : text);
}

/** A path or URL as text. */
function path(value: string | URL, name: string): string {
  return typeof value === "string" && !/^[a-z]+:\/\//i.test(value) ? value : url(value, undefined, name).href;
}

async function bytes(wasm: string | URL | undefined): Promise<BufferSource | URL> {
  const text = path(wasm ?? new URL("../wasm/rubrica_full.wasm", import.meta.url), "options.wasmUrl");
  if (/^https?:/.test(text)) return new URL(text);
  return await readFile(text.startsWith("file:") ? fileURLToPath(text) : text);
}
