/** The models of the page: each loaded when it is first needed, in its own worker. */

import { computed, signal } from "@preact/signals";
import { Evaluator, type EvaluatorApi, type EvaluatorInfo, type LoadProgress, RubricaError } from "rubrica";

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

/** The judge, and the encoder for metrics that compare embeddings. */
type Model = "judge" | "encoder";

const evaluators = new Map<Model, Promise<EvaluatorApi>>();

/** The judge; a failed load is tried again by the next call. */
export function judge(): Promise<EvaluatorApi> {
  return loaded("judge");
}

/** The encoder, as {@link judge}. */
export function encoder(): Promise<EvaluatorApi> {
  return loaded("encoder");
}

/** Those that were asked for, by name. */
export function evaluatorsAskedFor(): ReadonlyMap<string, Promise<EvaluatorApi>> {
  return evaluators;
}

function loaded(model: Model): Promise<EvaluatorApi> {
  const known = evaluators.get(model);
  if (known !== undefined) return known;
  const before = loading.value;
  const loads = load(model, before).catch((error: RubricaError) => {
    evaluators.delete(model);
    const told = withHelp(error);
    loading.value = before.state === "ready" ? before : { state: "failed", error: told };
    throw told;
  });
  evaluators.set(model, loads);
  return loads;
}

/** A judge that cannot be fetched is not the end of the page. */
export function withHelp(error: RubricaError): RubricaError {
  if (error.code !== "network" && error.code !== "model_file_missing") return error;
  const help = "The judge is not on this device yet. Go online, then press the button again; after that it works offline. "
    + "Check, Rank and Audit need no judge.";
  return new RubricaError(error.code, `${error.message}. ${help}`, error.path, { cause: error });
}

async function load(model: Model, before: Loading): Promise<EvaluatorApi> {
  loading.value = { state: "loading", files: new Map() };
  await serviceWorkerInControl();
  const made = await Evaluator.create({ models: [model], onProgress });
  // What is told of the device is told of the judge.
  if (before.state === "ready") loading.value = before;
  else refresh(made);
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
