/** The one evaluator of the page: loaded when it is first needed, in its own worker. */

import { computed, signal } from "@preact/signals";
import { Evaluator, type EvaluatorApi, type EvaluatorInfo, type LoadProgress, type RubricaError } from "rubrica";

export type Loading =
  | { readonly state: "idle" }
  | { readonly state: "loading"; readonly files: ReadonlyMap<string, FileProgress> }
  | { readonly state: "ready"; readonly info: EvaluatorInfo; readonly since: number }
  | { readonly state: "failed"; readonly error: RubricaError };

export interface FileProgress {
  readonly loaded: number;
  readonly total: number;
}

export const loading = signal<Loading>({ state: "idle" });

/** Bytes so far and in all, of the files that are known of. */
export const loadedBytes = computed<FileProgress>(() => {
  const now = loading.value;
  const files = now.state === "loading" ? [...now.files.values()] : [];
  const sum = (of: (file: FileProgress) => number) => files.reduce((all, file) => all + of(file), 0);
  return { loaded: sum((f) => f.loaded), total: sum((f) => f.total) };
});

let evaluator: Promise<EvaluatorApi> | undefined;

/** The evaluator; a failed load is tried again by the next call. */
export function judge(): Promise<EvaluatorApi> {
  evaluator ??= load().catch((error: RubricaError) => {
    evaluator = undefined;
    loading.value = { state: "failed", error };
    throw error;
  });
  return evaluator;
}

/** The evaluator, if one was asked for. */
export function judgeIfLoaded(): Promise<EvaluatorApi> | undefined {
  return evaluator;
}

async function load(): Promise<EvaluatorApi> {
  loading.value = { state: "loading", files: new Map() };
  await serviceWorkerInControl();
  const made = await Evaluator.create({ models: ["judge"], onProgress });
  refresh(made);
  return made;
}

/** Shows what the evaluator says of its device now: a lost GPU or a restart changes it. */
export function refresh({ info }: EvaluatorApi): void {
  loading.value = { state: "ready", info, since: Date.now() };
}

function onProgress({ file, loaded = 0, total = 0 }: LoadProgress): void {
  const now = loading.value;
  if (now.state !== "loading" || file === undefined) return;
  loading.value = { state: "loading", files: new Map(now.files).set(file, { loaded, total }) };
}

/** On a first visit, what is loaded before the service worker takes over would not be kept. */
async function serviceWorkerInControl(): Promise<void> {
  const container = navigator.serviceWorker;
  if (container === undefined || container.controller !== null) return;
  if ((await container.getRegistration()) === undefined) return;
  await new Promise<void>((resolve) => {
    container.addEventListener("controllerchange", () => resolve(), { once: true });
    setTimeout(resolve, 5000);
  });
}
