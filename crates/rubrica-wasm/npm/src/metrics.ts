/**
 * Metrics, checks and rubrics without models: two small wasm builds, one of the metrics alone, and one of checks,
 * rubrics and critiques that is loaded when it is first asked for something.
 *
 * @packageDocumentation
 */

import initialise, * as core from "../wasm/rubrica_slim.js";
import { hooks } from "./hooks.js";
import { text as expectText } from "./given.js";
import { toJson } from "./json.js";
import { RubricaError } from "./errors.js";
import { module } from "./small-module.js";
import { watched } from "./watched.js";
import type {
  CallProgress,
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

const small = module("rubrica_slim", initialise, () => new URL("../wasm/rubrica_slim.wasm", import.meta.url));
const checks = module(
  "rubrica_checks",
  async (from) => await (await checksCore()).default(from),
  () => new URL("../wasm/rubrica_checks.wasm", import.meta.url),
);

/** The bindings of the second module, which a bundler puts into a file of their own. */
function checksCore(): Promise<typeof import("../wasm/rubrica_checks.js")> {
  return import("../wasm/rubrica_checks.js");
}

/**
 * Loads the module of the metrics, once. Every other function waits for it, so calling it is only needed to
 * pass the `.wasm` file `rubrica_slim.wasm`: its URL, its bytes, or the compiled module.
 */
export const init = small.init;

/** As {@link init}, for the module of checks and rubrics, `rubrica_checks.wasm`. */
export const initChecks = checks.init;

const { ask } = small;

type ChecksCore = Awaited<ReturnType<typeof checksCore>>;

/** Asks the module of checks and rubrics. */
function askChecks<T>(work: (core: ChecksCore) => unknown): Promise<T> {
  return checks.ask(async () => await work(await checksCore()));
}

const WATCH = ["signal", "onProgress"];

/** Scores of each sample, and of all together with `corpus`. */
export async function metrics(samples: readonly Sample[], options: MetricsOptions): Promise<Scorecard> {
  return await watched<CallProgress, Scorecard>(options, async (watch) => {
    const call = (core: Pick<ChecksCore, "metrics">) =>
      core.metrics(toJson(samples, "samples"), toJson(options, "options", WATCH), hooks(watch));
    if (options?.bootstrap) return await askChecks(call);
    try {
      return await ask(() => call(core));
    } catch (error) {
      // An answer that a pattern finds: the pattern engine is in the other module, as resampling is.
      if (!(error instanceof RubricaError && error.code === "no_patterns")) throw error;
      return await askChecks(call);
    }
  });
}

/** Whether `response` meets each check; checks may be JSON or YAML text. */
export function check(response: string, checks: readonly Check[] | string): Promise<CheckResult[]> {
  const asked = () => (typeof checks === "string" ? checks : toJson(checks, "checks"));
  return askChecks((core) => core.runChecks(expectText(response, "response"), asked()));
}

/**
 * Which of its own requirements a row meets: instructions of IFEval, assertions of promptfoo, or constraints in plain
 * English.
 */
export function checkRow<R extends CheckedRow>(row: R): Promise<RowVerdict<R>> {
  return askChecks((core) => core.checkRow(toJson(row, "row")));
}

/** Takes constraints in plain English apart into checks; `unread` has the clauses that no rule understood. */
export function readConstraints(constraints: string): Promise<Constraints> {
  return askChecks((core) => core.readConstraints(expectText(constraints, "constraints")));
}

/** What can be said of a response without a model: a judgment with a critique and no score. */
export function critiqueWithoutModel(sample: Sample, options: ScoreOptions = {}): Promise<Judgment> {
  return askChecks((core) =>
    core.critiqueWithoutModel(toJson(sample, "sample"), toJson(options, "options", WATCH)),
  );
}

/** The built-in rubrics. */
export function builtinRubrics(): Promise<ResolvedRubric[]> {
  return askChecks((core) => core.builtinRubrics());
}

/** Reads a rubric from JSON or YAML text, Prometheus rubrics too; errors name the field. */
export function parseRubric(text: string): Promise<ResolvedRubric> {
  return askChecks((core) => core.parseRubric(expectText(text, "text")));
}

/** A rubric as YAML, the form that people edit. */
export function rubricToYaml(rubric: Rubric): Promise<string> {
  return askChecks((core) => core.rubricToYaml(toJson(rubric, "rubric")));
}

/** The metrics there are, with their default options. */
export function metricCatalogue(): Promise<MetricEntry[]> {
  return ask(() => core.metricCatalogue());
}

/** Where the sentences of a text lie. */
export function sentenceSpans(text: string): Promise<Span[]> {
  return ask(() => core.sentenceSpans(expectText(text, "text")));
}
