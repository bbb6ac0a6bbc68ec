/** What callers without TypeScript may pass: each wrong argument is a typed error that names it. */

import { describe, expect, test, vi } from "vitest";
import { RubricaError } from "../dist/errors.js";
import { text, texts, url } from "../dist/given.js";
import { withDefaults } from "../dist/options.js";
import { watched } from "../dist/watched.js";

function refusal(work: () => unknown): RubricaError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(RubricaError);
    return error as RubricaError;
  }
  throw new Error("was not refused");
}

test.each([
  [null, "options", "is null; expected an object"],
  [[], "options", "is a list; expected an object"],
  ["judge", "options", "is a text; expected an object"],
  [{ models: "judge" }, "options.models", `is a text; expected a list, such as ["judge"]`],
  [{ models: ["judge", 5] }, "options.models[1]", "is the number 5; expected a text"],
  [{ onProgress: 5 }, "options.onProgress", "is the number 5; expected a function"],
  [{ signal: {} }, "options.signal", "is an object; expected an AbortSignal"],
  [{ worker: "yes" }, "options.worker", "is a text; expected true or false"],
  [{ cache: 1 }, "options.cache", "is the number 1; expected true or false"],
  [{ wasmModule: "x.wasm" }, "options.wasmModule", "is a text; expected a WebAssembly.Module"],
  [{ device: "gpu" }, "options.device", `is "gpu"; expected auto, flex, webgpu`],
])("create(%j) names what is wrong", (options, path, what) => {
  const error = refusal(() => withDefaults(options as never));
  expect({ code: error.code, path: error.path }).toEqual({ code: "invalid_input", path });
  expect(error.message).toBe(`${path}: ${what}`);
});

test("defaults are filled in", () => {
  expect(withDefaults({})).toEqual({ models: ["judge"], device: "auto", cache: true });
});

test("texts and addresses are what they should be", () => {
  expect(text("a", "response")).toBe("a");
  expect(refusal(() => text(5 as never, "response")).message).toBe("response: is the number 5; expected a text");
  expect(refusal(() => texts(["a", null] as never, "texts")).path).toBe("texts[1]");
  expect(refusal(() => texts("abc" as never, "texts")).path).toBe("texts");
  expect(url("models/", "http://x/y/", "options.modelsUrl").href).toBe("http://x/y/models/");
  expect(refusal(() => url("//", undefined, "options.modelsUrl")).message).toBe(`options.modelsUrl: is "//"; expected a URL`);
  expect(refusal(() => url(5 as never, "http://x/", "options.wasmUrl")).path).toBe("options.wasmUrl");
});

describe("a call that is watched", () => {
  test("hears progress, and stops by the caller's signal", async () => {
    const controller = new AbortController();
    const onProgress = vi.fn();
    const work = watched<number, boolean>({ signal: controller.signal, onProgress }, async (watch) => {
      watch.onProgress?.(1);
      controller.abort();
      return watch.signal?.aborted === true;
    });
    expect(await work).toBe(true);
    expect(onProgress).toHaveBeenCalledExactlyOnceWith(1);
    const asked = vi.fn();
    await expect(watched({ signal: controller.signal }, asked)).rejects.toMatchObject({ code: "cancelled" });
    expect(asked).not.toHaveBeenCalled();
  });

  test("ends with what the progress function throws, and stops the work", async () => {
    const cause = new Error("no element with that id");
    const onProgress = vi.fn(() => {
      throw cause;
    });
    let stopped = false;
    const call = watched<number, string>({ onProgress }, async (watch) => {
      watch.onProgress?.(1);
      watch.onProgress?.(2);
      stopped = watch.signal?.aborted === true;
      return "a result nobody can rely on";
    });
    await expect(call).rejects.toMatchObject({ code: "invalid_input", path: "options.onProgress", cause });
    expect(stopped).toBe(true);
    expect(onProgress).toHaveBeenCalledTimes(1);
  });

  test.each([[null], [5], [{ onProgress: 5 }], [{ signal: "x" }]])("refuses %j", async (options) => {
    await expect(watched(options as never, async () => 1)).rejects.toMatchObject({ code: "invalid_input" });
  });
});
