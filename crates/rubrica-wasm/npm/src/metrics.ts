/**
 * Metrics, checks and rubrics without models: the small wasm build.
 *
 * @packageDocumentation
 */

import initialise, * as core from "../wasm/rubrica_slim.js";
import { toRubricaError } from "./errors.js";
import { hooks } from "./hooks.js";
import { toJson } from "./json.js";
import type {
  AgreementOptions,
  AgreementReport,
  Battle,
  Check,
  CheckResult,
  ItemRating,
  JudgeAudit,
  JudgeAuditOptions,
  JudgedPair,
  Judgment,
  Leaderboard,
  MetricEntry,
  MetricsOptions,
  RankOptions,
  Report,
  ReportInfo,
  ResolvedRubric,
  Rubric,
  Sample,
  Scorecard,
  ScoreOptions,
  Span,
} from "./types.js";

export { RubricaError } from "./errors.js";
export type * from "./types.js";

let ready: Promise<unknown> | undefined;

/**
 * Loads the module, once. Every other function waits for it, so calling it is only needed to pass
 * the `.wasm` file: its URL, its bytes, or the compiled module.
 */
export async function init(wasm?: string | URL | BufferSource | WebAssembly.Module): Promise<void> {
  ready ??= load(wasm);
  try {
    await ready;
  } catch (error) {
    ready = undefined;
    throw toRubricaError(error);
  }
}

async function load(wasm: string | URL | BufferSource | WebAssembly.Module | undefined) {
  const from = wasm ?? new URL("../wasm/rubrica_slim.wasm", import.meta.url);
  const inNode = from instanceof URL && from.protocol === "file:";
  // Node's `fetch` reads no files. The name is put together so that bundlers leave it alone.
  const files = inNode ? await import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${"fs/promises"}`) : undefined;
  return await initialise({ module_or_path: files === undefined ? from : await files.readFile(from) });
}

async function ask<T>(work: () => unknown): Promise<T> {
  await init();
  try {
    return (await work()) as T;
  } catch (error) {
    throw toRubricaError(error);
  }
}

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

/** Records, or their text: JSON lines, a JSON array, or CSV with a header. */
type Records<T> = readonly T[] | string;

const text = <T>(records: Records<T>, name: string) =>
  typeof records === "string" ? records : toJson(records, name);

/** A leaderboard with intervals from battles of models. */
export function rank(battles: Records<Battle>, options: RankOptions = {}): Promise<Leaderboard> {
  return ask(() => core.rank(text(battles, "battles"), toJson(options, "options")));
}

/** What recorded verdicts say about a judge: accuracy, consistency, position and length bias. */
export function auditJudge(
  pairs: Records<JudgedPair>,
  options: JudgeAuditOptions = {},
): Promise<JudgeAudit> {
  return ask(() => core.auditJudge(text(pairs, "pairs"), toJson(options, "options")));
}

/** How far raters agree: every coefficient that is defined, with its interval. */
export function agree(
  ratings: Records<ItemRating>,
  options: AgreementOptions = {},
): Promise<AgreementReport> {
  return ask(() => core.agree(text(ratings, "ratings"), toJson(options, "options")));
}

/** The reports that {@link report} makes, with the rows and options of each. */
export function reports(): Promise<ReportInfo[]> {
  return ask(() => core.reports());
}

/**
 * A report of recorded judgments, after a published protocol: `one-to-many`, `wb-reward`, `win-rate` and others that
 * {@link reports} names. Rows are records or their text: JSON lines, a JSON array, or CSV with a header.
 */
export function report(name: string, rows: Records<object>, options: Record<string, unknown> = {}): Promise<Report> {
  return ask(() => core.report(name, text(rows, "rows"), toJson(options, "options")));
}
