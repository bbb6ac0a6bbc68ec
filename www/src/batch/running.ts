/** Judging the batch: start, pause, go on, cancel. */

import { computed, signal } from "@preact/signals";
import { RubricaError } from "rubrica";
import { judge, refresh } from "../judge.js";
import { measuresOf } from "../score/measures.js";
import { Checker } from "./checker.js";
import type { BatchModel } from "./model.js";
import type { Outcome } from "./outcome.js";
import type { Plan } from "./plan.js";
import { judgeRows, Pace } from "./run.js";

/** How a run goes. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** Rows a minute. */
  readonly rate?: number | undefined;
  /** Seconds. */
  readonly left?: number | undefined;
}

export class Running {
  /** The run that is under way. */
  readonly progress = signal<Progress | undefined>(undefined);
  private readonly stop = signal<AbortController | undefined>(undefined);
  readonly active = computed(() => this.stop.value !== undefined);

  constructor(private readonly model: BatchModel) {}

  /** Judges all rows under `plan`. */
  async start(plan: Plan): Promise<void> {
    if (this.stop.peek() !== undefined) return;
    const stop = this.own();
    try {
      await this.model.begin(plan);
      await this.judgeThem(plan, this.model.waiting(), stop);
    } catch (error) {
      this.model.fail(error as Error);
    } finally {
      this.end();
    }
  }

  /** Goes on where a run was paused or broken off. */
  resume(): Promise<void> {
    return this.again(() => this.model.waiting());
  }

  /** Judges those again that failed. */
  retry(): Promise<void> {
    return this.again(() => this.model.failed());
  }

  /** Stops after what is kept; {@link resume} goes on from there. */
  pause(): void {
    this.stop.peek()?.abort();
  }

  /** Stops for good: what is judged stays, the rest is no longer wanted. */
  async cancel(): Promise<void> {
    this.pause();
    await this.model.setUnfinished(false);
  }

  private async again(rows: () => number[]): Promise<void> {
    const plan = this.model.batch.peek()?.plan;
    if (plan === undefined || this.stop.peek() !== undefined) return;
    const stop = this.own();
    try {
      await this.model.setUnfinished(true);
      await this.judgeThem(plan, rows(), stop);
    } catch (error) {
      this.model.fail(error as Error);
    } finally {
      this.end();
    }
  }

  private own(): AbortController {
    const stop = new AbortController();
    this.stop.value = stop;
    this.model.problem.value = undefined;
    return stop;
  }

  private end(): void {
    this.stop.value = undefined;
    this.progress.value = undefined;
  }

  private async judgeThem(plan: Plan, rows: readonly number[], { signal }: AbortController): Promise<void> {
    const { model } = this;
    this.progress.value = { done: 0, of: rows.length };
    const checker = new Checker();
    // Loading is no part of any row: if it fails, the run does.
    const evaluator = plan.rubric === undefined ? undefined : await Promise.race([judge(), aborted(signal)]);
    if (signal.aborted) return;
    const reader = model.reader.peek();
    let [done, characters] = [0, rows.reduce((sum, row) => sum + lengthOf(row), 0)];
    const pace = new Pace(performance.now() / 1000);
    let shown = 0;

    function lengthOf(row: number): number {
      const of = model.rows[row];
      return of === undefined ? 0 : reader.length(of);
    }

    const judgeRow = async (row: number): Promise<Omit<Outcome, "seconds">> => {
      const of = model.rows[row];
      if (of === undefined) throw new RubricaError("invalid_input", `row ${row + 1}: is missing; expected a row of the batch`);
      const sample = reader.sample(of, row);
      if (sample.response?.trim() === "") throw new RubricaError("empty_text", "the response is empty; expected a text to judge");
      const checked =
        plan.requirements === undefined ? {} : { checked: await checker.ask({ response: sample.response ?? "", requirements: plan.requirements }, signal) };
      if (evaluator === undefined || plan.rubric === undefined) return checked;
      const judgment = await evaluator.score(sample, { rubric: plan.rubric, critique: { occlude: plan.occlude }, signal });
      const metrics = await evaluator.metrics([sample], { metrics: measuresOf(sample), signal });
      return { judgment, metrics, ...checked };
    };
    const keep = (row: number, outcome: Outcome) => {
      model.keep(row, outcome);
      done++;
      characters -= lengthOf(row);
      const now = performance.now();
      pace.add(now / 1000, lengthOf(row));
      if (now - shown < 200 && done < rows.length) return;
      shown = now;
      this.progress.value = { done, of: rows.length, rate: pace.rate, left: pace.left(rows.length - done, characters) };
    };
    try {
      await judgeRows({ rows, judge: judgeRow, keep, signal });
    } finally {
      checker.end();
      await model.flush();
      if (evaluator !== undefined) refresh(evaluator);
    }
    if (!signal.aborted) await model.setUnfinished(false);
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}
