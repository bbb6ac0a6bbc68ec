/** A piece of work that the page shows: running with progress, cancelled, failed or done. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { CallProgress, EvaluatorApi, RubricaError } from "rubrica";
import { judge, refresh } from "./judge.js";

export type Task<T> =
  | { readonly state: "idle" }
  | { readonly state: "running"; readonly progress?: Progressed; readonly cancel: () => void }
  | { readonly state: "failed"; readonly error: RubricaError }
  | { readonly state: "done"; readonly value: T; readonly of: Inputs };

/** How far a task is, over all of its stages: the share never falls. */
export interface Progressed extends CallProgress {
  readonly share: number;
}

/** Where each stage stands in the whole: stages come again for each criterion. */
const STAGES: Readonly<Record<CallProgress["stage"], readonly [from: number, to: number]>> = {
  encode: [0, 0.5],
  score: [0.5, 0.55],
  occlude: [0.55, 0.9],
  metrics: [0.9, 1],
  fit: [0, 1],
  generate: [0, 1],
};

/** The progress after `before`. */
export function progressed(before: Progressed | undefined, now: CallProgress): Progressed {
  const [from, to] = STAGES[now.stage] ?? [0, 1];
  const share = from + (now.total === 0 ? 0 : now.done / now.total) * (to - from);
  return { ...now, share: Math.max(before?.share ?? 0, Math.min(share, 1)) };
}

/** What a result was made of, to tell whether that has been edited since. */
export type Inputs = readonly unknown[];

/** Whether two lists of inputs are the same. */
export function sameInputs(one: Inputs, other: Inputs): boolean {
  return one.length === other.length && one.every((value, i) => Object.is(value, other[i]));
}

/** How a task asks the evaluator. */
export type Work<T> = (evaluator: EvaluatorApi, watch: Watch) => Promise<T>;

/** How a task is cancelled and tells how far it is. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CallProgress) => void;
}

export function task<T>(): Signal<Task<T>> {
  return signal<Task<T>>({ state: "idle" });
}

/** Asks the judge about `inputs` and shows the answer in `target`. A second run cancels the first. */
export function run<T>(target: Signal<Task<T>>, inputs: ReadonlySignal<Inputs>, work: Work<T>): Promise<void> {
  return follow(target, inputs, async (watch) => {
    const evaluator = await judge();
    watch.signal.throwIfAborted();
    const value = await work(evaluator, watch);
    refresh(evaluator);
    return value;
  });
}

/** Runs `work` on `inputs`, which needs no judge, and shows it in `target`. */
export async function follow<T>(
  target: Signal<Task<T>>,
  inputs: ReadonlySignal<Inputs>,
  work: (watch: Watch) => Promise<T>,
): Promise<void> {
  const of = inputs.peek();
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
    const now = target.peek();
    if (now.state !== "running" || !isOurs()) return;
    target.value = { state: "running", progress: progressed(now.progress, progress), cancel };
  };
  try {
    const value = await work({ signal: controller.signal, onProgress });
    if (isOurs()) target.value = { state: "done", value, of };
  } catch (error) {
    if (isOurs()) target.value = { state: "failed", error: error as RubricaError };
  }
}
