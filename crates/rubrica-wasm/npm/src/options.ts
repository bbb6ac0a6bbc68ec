import { RubricaError } from "./errors.js";
import { kindOf, texts, wrong } from "./given.js";
import type { CreateOptions, DeviceChoice } from "./types.js";
import { given } from "./watched.js";

const KNOWN: Record<keyof CreateOptions, true> = {
  models: true,
  device: true,
  modelsUrl: true,
  wasmUrl: true,
  wasmModule: true,
  worker: true,
  cache: true,
  onProgress: true,
  signal: true,
};
const DEVICES: readonly DeviceChoice[] = ["auto", "flex", "webgpu"];

/** Options with their defaults, checked as far as types cannot. */
export function withDefaults(options: CreateOptions) {
  given(options);
  const unknown = Object.keys(options).find((key) => !(key in KNOWN));
  if (unknown !== undefined) {
    const known = Object.keys(KNOWN).join(", ");
    const message = `options: unknown field \`${unknown}\`; expected one of ${known}`;
    throw new RubricaError("invalid_input", message, `options.${unknown}`);
  }
  const { models = ["judge"], device = "auto", cache = true } = options;
  texts(models, "options.models", `a list, such as ["judge"]`);
  for (const name of ["worker", "cache"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== "boolean") throw wrong(`options.${name}`, kindOf(value), "true or false");
  }
  const { wasmModule } = options;
  if (wasmModule !== undefined && !(wasmModule instanceof WebAssembly.Module)) {
    throw wrong("options.wasmModule", kindOf(wasmModule), "a WebAssembly.Module");
  }
  if (!DEVICES.includes(device)) {
    const message = `options.device: is "${device}"; expected ${DEVICES.join(", ")}`;
    throw new RubricaError("invalid_input", message, "options.device");
  }
  return { models, device, cache };
}

/** `url` as a folder: relative names resolve inside it. */
export function asFolder(url: URL): URL {
  return url.pathname.endsWith("/") ? url : new URL(`${url.pathname}/${url.search}`, url);
}
