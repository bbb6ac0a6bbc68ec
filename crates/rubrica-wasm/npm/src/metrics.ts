/**
 * Metrics, checks and rubrics without models: the small wasm build.
 *
 * @packageDocumentation
 */

import initialise, * as core from "../wasm/rubrica_slim.js";
import { hooks } from "./hooks.js";
import { toJson } from "./json.js";
import { module } from "./small-module.js";
import type {
  Check,
  CheckResult,
  CheckedRow,
  Constraints,
  Judgment,
  MetricEntry,
  MetricsOptions,
  ResolvedRubric,
  RowVerdict,
  Rubric,
  Sample,
  Scorecard,
  ScoreOptions,
  Span,
} from "./types.js";

export { RubricaError } from "./errors.js";
export type * from "./types.js";

const small = module(initialise, () => new URL("../wasm/rubrica_slim.wasm", import.meta.url));

/**
 * Loads the module, once. Every other function waits for it, so calling it is only needed to pass
 * the `.wasm` file: its URL, its bytes, or the compiled module.
 */
export const init = small.init;
const { ask } = small;

const WATCH = ["signal", "onProgress"];

/** Scores of each sample, and of all together with `corpus`. */
export function metrics(samples: readonly Sample[], options: MetricsOptions): Promise<Scorecard> {
  return ask(() =>
    core.metrics(toJson(samples, "samples"), toJson(options, "options", WATCH), hooks(options)),
  );
}

/** Whether `response` meets each check; checks may be JSON or YAML text. */
export function check(response: string, checks: readonly Check[] | string): Promise<CheckResult[]> {
  const text = () => (typeof checks === "string" ? checks : toJson(checks, "checks"));
  return ask(() => core.runChecks(response, text()));
}

/**
 * Which of its own requirements a row meets: instructions of IFEval, assertions of promptfoo, or constraints in plain
 * English.
 */
export function checkRow<R extends CheckedRow>(row: R): Promise<RowVerdict<R>> {
  return ask(() => core.checkRow(toJson(row, "row")));
}

/** Takes constraints in plain English apart into checks; `unread` has the clauses that no rule understood. */
export function readConstraints(constraints: string): Promise<Constraints> {
  return ask(() => core.readConstraints(constraints));
}

/** What can be said of a response without a model: a judgment with a critique and no score. */
export function critiqueWithoutModel(sample: Sample, options: ScoreOptions = {}): Promise<Judgment> {
  return ask(() =>
    core.critiqueWithoutModel(toJson(sample, "sample"), toJson(options, "options", WATCH)),
  );
}

/** The built-in rubrics. */
export function builtinRubrics(): Promise<ResolvedRubric[]> {
  return ask(() => core.builtinRubrics());
}

/** Reads a rubric from JSON or YAML text, Prometheus rubrics too; errors name the field. */
export function parseRubric(text: string): Promise<ResolvedRubric> {
  return ask(() => core.parseRubric(text));
}

/** A rubric as YAML, the form that people edit. */
export function rubricToYaml(rubric: Rubric): Promise<string> {
  return ask(() => core.rubricToYaml(toJson(rubric, "rubric")));
}

/** The metrics there are, with their default options. */
export function metricCatalogue(): Promise<MetricEntry[]> {
  return ask(() => core.metricCatalogue());
}

/** Where the sentences of a text lie. */
export function sentenceSpans(text: string): Promise<Span[]> {
  return ask(() => core.sentenceSpans(text));
}
