/** A wasm module without models: loaded once, when it is first asked for something. */

import { toRubricaError } from "./errors.js";
import { unlessTrapped } from "./traps.js";

/** Where a module may come from: its URL, its bytes, or the compiled module. */
export type WasmSource = string | URL | BufferSource | WebAssembly.Module;

export interface SmallModule {
  /** Loads it, once; a failed load may be tried again. */
  init(wasm?: WasmSource): Promise<void>;
  /** The result of `work`, once the module is there. */
  ask<T>(work: () => unknown): Promise<T>;
}

/** The module `name` that `initialise` sets up. Bundlers find its file by the form of the URL, where that is written. */
export function module(
  name: string,
  initialise: (init: { module_or_path: WasmSource }) => Promise<unknown>,
  file: () => URL,
): SmallModule {
  let ready: Promise<unknown> | undefined;

  async function load(wasm: WasmSource | undefined): Promise<unknown> {
    const from = wasm ?? file();
    const inNode = from instanceof URL && from.protocol === "file:";
    // Node's `fetch` reads no files. The name is put together so that bundlers leave it alone.
    const files = inNode ? await import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${"fs/promises"}`) : undefined;
    return await initialise({ module_or_path: files === undefined ? from : await files.readFile(from) });
  }

  async function init(wasm?: WasmSource): Promise<void> {
    ready ??= load(wasm);
    try {
      await ready;
    } catch (error) {
      ready = undefined;
      throw toRubricaError(error);
    }
  }

  async function ask<T>(work: () => unknown): Promise<T> {
    await init();
    try {
      return (await unlessTrapped(name, work)) as T;
    } catch (error) {
      throw toRubricaError(error);
    }
  }

  return { init, ask };
}
