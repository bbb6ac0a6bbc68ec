/** Checks and metrics. */

import type { Span, Undefined } from "./judging.js";
import type { Estimate } from "./statistics.js";

/** A requirement that a text meets or not: `kind` and the options of that kind. */
export interface Check {
  kind: string;
  id?: string;
  [option: string]: unknown;
}

export interface CheckResult {
  readonly id: string;
  readonly passed: boolean;
  readonly found: string;
  readonly span?: Span;
  readonly suggestion?: string;
}

/** An assertion by its promptfoo name, such as `not-contains`. */
export interface Assertion {
  type: string;
  value?: unknown;
  threshold?: number;
  weight?: number;
}

/**
 * A response with what it has to meet, spelt as in files of IFEval and promptfoo: instructions, assertions, or
 * constraints in plain English. Other fields are not looked at.
 */
export type CheckedRow = { id?: unknown; response: string; [field: string]: unknown } & (
  | { instruction_id_list: readonly string[]; kwargs?: readonly (object | null)[] }
  | { assert: readonly Assertion[]; threshold?: number }
  | { constraints: string }
);

/** What a row of IFEval came to: a verdict for each instruction, on the response as it is and on its best variant. */
export interface FollowedRow {
  readonly followStrict: readonly boolean[];
  readonly followLoose: readonly boolean[];
}

/** What assertions came to. */
export interface AssertedRow {
  readonly pass: boolean;
  /** Mean of the assertions' scores by their weights, from 0 to 1. */
  readonly score: number;
  readonly results: readonly { readonly type: string; readonly pass: boolean; readonly score: number; readonly reason: string }[];
}

/** What constraints came to. One that was not read is never met. */
export interface ConstrainedRow {
  readonly pass: boolean;
  readonly results: readonly CheckResult[];
  readonly unread: readonly string[];
}

/** The result of a row of each shape. */
export type RowVerdict<R extends CheckedRow> = R extends { instruction_id_list: unknown }
  ? FollowedRow
  : R extends { assert: unknown }
    ? AssertedRow
    : ConstrainedRow;

/** Constraints in plain English, taken apart: checks, and the clauses that no rule understood. */
export interface Constraints {
  readonly checks: readonly Check[];
  readonly unread: readonly string[];
}

/** What a metric is. */
export interface MetricInfo {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly tier: "T0" | "T1" | "T2";
  readonly needs: "nothing" | "reference" | "instruction" | "context" | "lists";
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  readonly higherIsBetter: boolean | null;
  readonly source: string;
}

export interface MetricEntry {
  readonly info: MetricInfo;
  /** Options with their default values, spelled as in the reference tool: `use_stemmer`. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** A metric by id, or with options that differ from the defaults, spelled as in the catalogue. */
export type MetricRequest = string | { id: string; options?: Record<string, unknown> };

export interface SampleScores {
  readonly id: string | number | null;
  readonly scores: Readonly<Record<string, number | null>>;
  readonly parts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly errors?: Readonly<Record<string, Undefined>>;
}

export interface CorpusScores {
  readonly corpus: Readonly<Record<string, number | null>>;
  readonly parts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly errors?: Readonly<Record<string, Undefined>>;
  readonly signatures: Readonly<Record<string, string>>;
  /** By metric, how many samples its score is of. */
  readonly rows: Readonly<Record<string, { scored: number; undefined: number; broken: number }>>;
  /** With `bootstrap`: by metric, that of its `score` and of each of its parts, or why there are none. */
  readonly intervals?: Readonly<Record<string, Readonly<Record<string, Estimate>> | { error: Undefined }>>;
}

export interface Scorecard {
  readonly samples: readonly SampleScores[];
  readonly corpus?: CorpusScores;
  readonly signatures: Readonly<Record<string, string>>;
}
