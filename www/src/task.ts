/** A piece of work that the page shows: running with progress, cancelled, failed or done. */

import { type Signal, signal } from "@preact/signals";
import type { CallProgress, EvaluatorApi, RubricaError } from "rubrica";
import { judge, refresh } from "./judge.js";

export type Task<T> =
  | { readonly state: "idle" }
  | { readonly state: "running"; readonly progress?: CallProgress; readonly cancel: () => void }
  | { readonly state: "failed"; readonly error: RubricaError }
  | { readonly state: "done"; readonly value: T };

/** How a task asks the evaluator. */
export type Work<T> = (
  evaluator: EvaluatorApi,
  watch: { signal: AbortSignal; onProgress: (progress: CallProgress) => void },
) => Promise<T>;

export function task<T>(): Signal<Task<T>> {
  return signal<Task<T>>({ state: "idle" });
}

/** Runs `work` and shows it in `target`. A second run cancels the first. */
export async function run<T>(target: Signal<Task<T>>, work: Work<T>): Promise<void> {
  const before = target.peek();
  if (before.state === "running") before.cancel();
  const controller = new AbortController();
  const cancel = () => {
    controller.abort();
    if (isOurs()) target.value = { state: "idle" };
  };
  const running: Task<T> = { state: "running", cancel };
  const isOurs = () => {
    const now = target.peek();
    return now.state === "running" && now.cancel === cancel;
  };
  target.value = running;
  const onProgress = (progress: CallProgress) => {
    if (isOurs()) target.value = { state: "running", progress, cancel };
  };
  try {
    const evaluator = await judge();
    if (controller.signal.aborted) return;
    const value = await work(evaluator, { signal: controller.signal, onProgress });
    refresh(evaluator);
    if (isOurs()) target.value = { state: "done", value };
  } catch (error) {
    if (isOurs()) target.value = { state: "failed", error: error as RubricaError };
  }
}
