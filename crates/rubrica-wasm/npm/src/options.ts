import { RubricaError } from "./errors.js";
import type { CreateOptions, DeviceChoice } from "./types.js";

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
  const unknown = Object.keys(options).find((key) => !(key in KNOWN));
  if (unknown !== undefined) {
    const known = Object.keys(KNOWN).join(", ");
    const message = `options: unknown field \`${unknown}\`; expected one of ${known}`;
    throw new RubricaError("invalid_input", message, `options.${unknown}`);
  }
  const { models = ["judge"], device = "auto", cache = true, onProgress = () => {}, signal } = options;
  if (!DEVICES.includes(device)) {
    const message = `options.device: is "${device}"; expected ${DEVICES.join(", ")}`;
    throw new RubricaError("invalid_input", message, "options.device");
  }
  return { models, device, cache, onProgress, signal };
}

/** `url` as a folder: relative names resolve inside it. */
export function asFolder(url: URL): URL {
  return url.pathname.endsWith("/") ? url : new URL(`${url.pathname}/${url.search}`, url);
}
