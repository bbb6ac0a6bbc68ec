import type { ErrorRecord } from "./errors.js";
import type { AnyRequest } from "./requests.js";
import type { CallProgress, DeviceChoice, EvaluatorInfo, LoadProgress } from "./types.js";

/** What the worker is told to load. URLs are absolute: a worker has another base than its page. */
export interface WorkerSetup {
  readonly models: readonly string[];
  readonly device: DeviceChoice;
  readonly modelsUrl: string;
  readonly wasm: string | WebAssembly.Module;
  readonly cache: boolean;
}

/** From the page to the worker. */
export type ToWorker =
  | { readonly kind: "create"; readonly setup: WorkerSetup }
  | ({ readonly kind: "call"; readonly id: number } & AnyRequest)
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "cancelCreate" };

/** From the worker to the page. */
export type FromWorker =
  | { readonly kind: "loading"; readonly progress: LoadProgress }
  | { readonly kind: "created"; readonly info: EvaluatorInfo }
  | { readonly kind: "failed"; readonly error: ErrorRecord }
  | { readonly kind: "progress"; readonly id: number; readonly progress: CallProgress }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown; readonly info: EvaluatorInfo }
  | { readonly kind: "error"; readonly id: number; readonly error: ErrorRecord; readonly info: EvaluatorInfo };
